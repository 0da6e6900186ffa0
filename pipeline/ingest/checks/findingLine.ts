import { effects, type Finding } from './check.js'

/** A finding as the manifest's `details.findings` lists it. */
export interface LogFinding extends Finding {
  log: string
}

/** A finding as one line. */
export function findingLine({ log, check, file, place, expected, actual, count, effect }: LogFinding): string {
  const times = count === 1 ? '' : ` (${count} in all)`
  return `${log}/${file}, ${place}: ${check}: expected ${expected}, found ${actual}${times}: ${effects[effect]}`
}

/** One line for each check and effect: how many logs, and the first place. */
export function findingSummary(findings: readonly LogFinding[]): string[] {
  const kinds = new Map<string, LogFinding[]>()
  for (const finding of findings) {
    const kind = `${finding.check} ${finding.effect}`
    kinds.set(kind, [...(kinds.get(kind) ?? []), finding])
  }
  return [...kinds.values()].map((same) => {
    const logs = new Set(same.map(({ log }) => log)).size
    const [first] = same
    const where = `${first.log}/${first.file}, ${first.place}`
    const count = same.reduce((sum, finding) => sum + finding.count, 0)
    return `${first.check}: ${count} in ${logs} ${logs === 1 ? 'log' : 'logs'}, ${effects[first.effect]} (first: ${where}: ${first.actual})`
  })
}

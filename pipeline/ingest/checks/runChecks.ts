import type { RawLog, SweepSource } from '../reader.js'
import type { Check, Examined, Finding, Observation, SweepWatch } from './check.js'
import { type CheckName, checks } from './checks.js'
import { FindingError } from './findingError.js'

const registry = Object.entries(checks) as [CheckName, Check][]

/**
 * Adds to `findings` what an open log shows before its sweeps are read. Throws FindingError at the first check that
 * condemns the log: what later checks stand on is not there then.
 */
export function examine(examined: Examined, findings: Finding[]): void {
  for (const [name, check] of registry) note(named(name, check.look?.(examined) ?? []), findings, examined.log)
}

export interface WatchedLog {
  /** The same log; its sweeps pass the checks as they are read. */
  log: RawLog
  /** Adds what they showed, after the last one. Throws FindingError when it condemns the log. */
  note(findings: Finding[]): void
}

/** Lets the checks see every sweep that a frame is made of. */
export function watched(log: RawLog): WatchedLog {
  const { sweeps } = log
  if (!sweeps) return { log, note: () => undefined }
  const watches = registry.flatMap(([name, { watch }]): [CheckName, SweepWatch][] =>
    watch ? [[name, watch(log)]] : [],
  )
  const { dir, head, poses, sensors, boxes, voxels, map } = log
  return {
    log: { dir, head, poses, sensors, boxes, voxels, map, sweeps: seenBy(watches, sweeps) },
    note(findings) {
      for (const [name, watch] of watches) note(named(name, watch.observations()), findings, log)
    },
  }
}

/** `SweepSource` reads a sweep afresh each time it is asked; ingest asks once, and keeps it while frames need it. */
function seenBy(watches: readonly [CheckName, SweepWatch][], source: SweepSource): SweepSource {
  const { timesNs, lidars, pointCategories, movingCategories } = source
  return {
    timesNs,
    lidars,
    pointCategories,
    movingCategories,
    async read(index, spare) {
      const sweep = await source.read(index, spare)
      for (const [, watch] of watches) watch.sweep(sweep)
      return sweep
    },
  }
}

function note(found: readonly Finding[], findings: Finding[], { dir }: RawLog): void {
  findings.push(...found)
  const bad = found.find(({ effect }) => effect === 'log')
  if (bad) throw new FindingError(bad, dir)
}

function named(check: CheckName, observations: readonly Observation[]): Finding[] {
  return observations.map((observation) => ({ check, ...observation }))
}

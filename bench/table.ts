import { isMet, type Measured } from './bench.js'

/** One line for people: the mark, the figure against its target, what it is. */
export function lineOf(measured: Measured): string {
  const { what, target, sides } = measured
  const mark = target ? (isMet(measured) ? '✓' : '✗') : '·'
  const held = target ? ` (${targetOf(measured)})` : ''
  return `${mark} ${figureOf(measured)}${held}  ${what}${sides ? `: ${sides}` : ''}\n`
}

/** The figures as a section of `docs/benchmarks.md`. */
export function sectionOf(question: string, command: string, figures: readonly Measured[]): string {
  const rows = figures.map((measured) => {
    const { what, target, sides } = measured
    const mark = target ? (isMet(measured) ? 'met' : 'missed') : ''
    return [what, figureOf(measured), targetOf(measured), mark, sides ?? '']
  })
  const head = ['what', 'measured', 'target', '', 'side by side']
  const widths = head.map((title, c) => Math.max(3, title.length, ...rows.map((row) => row[c].length)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, c) => cell.padEnd(widths[c])).join(' | ')} |`
  const rule = line(widths.map((width) => '-'.repeat(width)))
  return ['', `### ${question}`, '', `\`${command}\``, '', line(head), rule, ...rows.map(line), ''].join('\n')
}

function figureOf({ value, unit, range }: Measured): string {
  const between = range ? `, ${short(range[0])} to ${short(range[1])}` : ''
  return `${short(value)} ${unit}${between}`
}

function targetOf({ target, unit }: Measured): string {
  if (!target) return ''
  return 'atLeast' in target ? `at least ${target.atLeast} ${unit}` : `at most ${target.atMost} ${unit}`
}

/** Three digits, whole thousands apart. */
function short(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-GB')
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}

import { outcomesOf } from '../eval/compare/compare.js'
import type { Comparison } from '../eval/compare/compareTallies.js'
import type { ComparisonRow, Outcome } from '../eval/compare/comparisonRow.js'
import type { LimitCheck } from '../eval/compare/limits.js'
import { pShown, words } from '../eval/compare/outcomes.js'
import type { Side } from '../eval/compare/population.js'
import { aligned } from './headline.js'

/** Breakdowns that are listed; the others are counted. */
const most = 12

/** Two evaluations side by side, then what got better, what got worse, and what cannot be told. */
export function comparisonTable(a: Side, b: Side, { rows, unpaired }: Comparison): string[] {
  const headline = rows.filter(({ family }) => family === 'headline')
  const breakdown = rows.filter(({ family }) => family === 'breakdown')
  const of = (outcome: Outcome) => breakdown.filter((row) => row.outcome === outcome)
  const [first] = headline.length > 0 ? headline : rows
  return [
    `A ${describe(a)}`,
    `B ${describe(b)}`,
    ...(a.about.split === b.about.split ? [] : ['the splits differ; the scored frames are the same']),
    '',
    ...table(headline),
    '',
    ...listed('better in B', of('better')),
    ...listed('worse in B', of('worse')),
    ...counts(breakdown),
    '',
    `population: ${a.about.population.forecast}`,
    ...leftOutLines(rows),
    `intervals: ${100 * first.confidence} % of B − A, paired bootstrap over ${Math.max(...rows.map(({ logs }) => logs))} logs`,
    `p (Holm): two-sided, corrected for ${tested(headline)} headline values and, apart from them, ${tested(breakdown)} classes and slices`,
    ...unpaired.slice(0, 3).map(({ what, why }) => `not compared: ${what}: ${why}`),
    ...(unpaired.length > 3 ? [`not compared: ${unpaired.length - 3} more`] : []),
  ]
}

function describe({ dir, about }: Side): string {
  return `${dir}  (latent ${about.latent.slice(0, 12)}, dynamics ${about.dynamics.slice(0, 12)})`
}

function table(rows: readonly ComparisonRow[]): string[] {
  const header = ['headline', 'policy', 'A', 'B', 'B − A', 'P(B better)', 'p (Holm)', '']
  const lines = rows.map((row) => [
    nameOf(row),
    row.policy,
    shown(row.valueA),
    shown(row.valueB),
    change(row),
    row.probabilityBetter === null ? '' : row.probabilityBetter.toFixed(3),
    pShown(row.pHolm),
    row.outcome === 'worse' ? words.worse.toUpperCase() : words[row.outcome],
  ])
  return aligned([header, ...lines])
}

function listed(title: string, rows: readonly ComparisonRow[]): string[] {
  if (rows.length === 0) return [`${title}: no class and no slice`]
  const order = [...rows].sort((x, y) => (x.pHolm ?? 1) - (y.pHolm ?? 1))
  const lines = order
    .slice(0, most)
    .map((row) => [`  ${nameOf(row)}`, row.policy, change(row), `p ${pShown(row.pHolm)}`, `${row.logs} logs`])
  const more = rows.length > most ? [`  … and ${rows.length - most} more`] : []
  return [`${title}: ${rows.length} of the classes and slices`, ...aligned(lines).filter((_, i) => i !== 1), ...more]
}

function counts(rows: readonly ComparisonRow[]): string[] {
  const outcomes = outcomesOf({ rows: [...rows], unpaired: [] })
  const rest = (['open', 'same', 'insufficient-support', 'not-applicable'] as const)
    .filter((outcome) => outcomes[outcome])
    .map((outcome) => `${outcomes[outcome]} ${words[outcome]}`)
  return rest.length === 0 ? [] : [`other classes and slices: ${rest.join(', ')}`]
}

function leftOutLines(rows: readonly ComparisonRow[]): string[] {
  const reasons = [...new Set(rows.flatMap(({ whyLeftOut }) => whyLeftOut ?? []))]
  return reasons.map((why) => `logs left out: ${why}`)
}

function tested(rows: readonly ComparisonRow[]): number {
  return rows.filter(({ pHolm }) => pHolm !== null).length
}

/** `forecast 2 s iou, car, rig=north` */
export function nameOf({ task, horizonS, metric, className, slice }: ComparisonRow): string {
  const what = [metric, className, slice === 'all' ? null : slice].filter(Boolean).join(', ')
  return `${task}${horizonS === null ? '' : ` ${horizonS} s`} ${what}`
}

/** Every limit, and whether it holds. */
export function limitLines(checks: readonly LimitCheck[]): string[] {
  const outcome = ({ isBroken, verdict }: LimitCheck) =>
    isBroken ? 'BROKEN' : verdict === 'pass' ? 'holds' : 'not broken, not shown'
  return checks.map(
    (check) =>
      `limit ${check.limit.words} ${outcome(check)}: ${nameOf(check.row)}, policy ${check.row.policy}: ${check.reason}`,
  )
}

function change({ difference, low, high }: ComparisonRow): string {
  if (difference === null) return 'n/a'
  const interval = low === null || high === null ? '[no interval]' : `[${signed(low)}, ${signed(high)}]`
  return `${signed(difference)} ${interval}`
}

function shown(value: number | null): string {
  return value === null ? 'n/a' : digits(value)
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${digits(Math.abs(value))}`
}

function digits(value: number): string {
  return Math.abs(value) >= 10 ? value.toPrecision(4) : value.toFixed(3)
}

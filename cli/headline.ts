import type { MetricRow } from '../eval/metricRow.js'
import { leadingRows } from '../eval/report/rows.js'
import { outcomeOfSlice, restRows, whenOf } from '../eval/report/slices.js'

const metrics = [
  ['iou', 'IoU'],
  ['miou', 'mIoU'],
  ['rare_recall', 'rare recall'],
] as const

/** The table a person looks at first: forecasts and reconstruction, each number with its interval. */
export function headlineTable(rows: readonly MetricRow[]): string[] {
  // Measures that know no policy may stand before the occupancy that the table is of.
  const leading = leadingRows(rows)
  const forecast = leading.find((row) => row.task === 'forecast')
  const first = forecast ?? leading[0]
  if (!first) return ['no metrics']
  const shown = rows.filter((row) => row.policy === first.policy && row.slice === 'all')
  const keys = new Map<string, MetricRow>()
  for (const row of shown) if (row.metric === 'iou') keys.set(`${row.horizonS ?? 0} ${row.model}`, row)
  const lines = [...keys.values()].map(({ task, horizonS, model }) => [
    task === 'reconstruction' ? 'reconstruction' : `forecast ${horizonS} s`,
    model,
    ...metrics.map(([metric]) => {
      const of = shown.find(
        (r) => r.metric === metric && r.model === model && r.horizonS === horizonS && r.task === task,
      )
      return of ? cell(of) : ''
    }),
  ])
  const header = ['task', 'predicted by', ...metrics.map(([, title]) => `${title} [${100 * first.confidence} %]`)]
  return [
    ...aligned([header, ...lines]),
    '',
    `policy ${first.policy}: mask ${first.mask}; ${first.classPolicy}; ego trajectory ${first.ego ?? 'not needed'}`,
    `population: ${first.population}`,
    partOf([first]),
    ...(forecast ? [] : ['no forecast: no log of the part holds a whole window of past and future frames']),
    `intervals: bootstrap over ${first.clusters} logs`,
    ...otherPolicies(rows, first),
    ...worstSlices(rows),
  ]
}

/** The model's own predictions under each policy, one below the other, and what each policy is. */
function otherPolicies(rows: readonly MetricRow[], { model, task, confidence }: MetricRow): string[] {
  const ours = rows.filter((row) => row.task === task && row.model === model && row.slice === 'all')
  const heads = ours.filter(({ metric }) => metric === 'iou')
  const policies = new Map(heads.map((row) => [row.policy, `${row.policy}: mask ${row.mask}; ${row.classPolicy}`]))
  if (policies.size < 2) return []
  const lines = [...policies.keys()].flatMap((policy) =>
    heads
      .filter((head) => head.policy === policy)
      .map(({ horizonS }) => [
        policy,
        horizonS === null ? '' : `${horizonS} s`,
        ...['iou', 'miou'].map((metric) => {
          const row = ours.find(
            (each) => each.metric === metric && each.policy === policy && each.horizonS === horizonS,
          )
          return row ? cell(row) : ''
        }),
      ]),
  )
  const interval = `[${100 * confidence} %]`
  return [
    '',
    `the same predictions of ${model} as each policy counts them`,
    ...aligned([['policy', 'horizon', `IoU ${interval}`, `mIoU ${interval}`], ...lines]),
    ...policies.values(),
  ]
}

/** Slices of the logs that are worse than all others, after Holm's correction. */
function worstSlices(rows: readonly MetricRow[]): string[] {
  const rest = restRows(rows)
  const worse = rest.filter((row) => outcomeOfSlice(row) === 'worse').sort((a, b) => a.pHolm! - b.pHolm!)
  const untested = rest.filter((row) => outcomeOfSlice(row) === 'untested').length
  const lines = worse
    .slice(0, 3)
    .map(
      (row) =>
        `worse than elsewhere: ${row.slice}, ${row.metric.replace('_minus_rest', '')}, ${whenOf(row)}: ${cell(row)}, p ${row.pHolm!.toFixed(3)} (Holm)`,
    )
  if (rest.length === 0) return []
  return [
    '',
    ...(lines.length > 0 ? lines : ['no slice of the logs is shown to be worse than the rest']),
    ...(untested > 0 ? [`slices with too few logs to be held against the rest: ${untested} numbers`] : []),
  ]
}

/** Which part of which split of which dataset numbers are of: their hashes as each stage prints its own. */
export function partOf(rows: readonly Pick<MetricRow, 'part' | 'split' | 'dataset'>[]): string {
  const said = (words: string[]) => [...new Set(words)].join(', ')
  const [split, dataset] = (['split', 'dataset'] as const).map((key) => said(rows.map((row) => row[key].slice(0, 12))))
  return `${said(rows.map(({ part }) => part))} part of split ${split}, dataset ${dataset}`
}

/** What stands in brackets beside a table's numbers. */
export function intervalsOf(rows: readonly Pick<MetricRow, 'confidence' | 'clusters'>[]): string {
  const most = Math.max(...rows.map(({ clusters }) => clusters))
  return `in brackets ${100 * rows[0].confidence} % intervals: bootstrap over logs, ${most} at most`
}

/** `0.512 [0.480, 0.544]`, or `n/a` where there was nothing to measure. */
export function cell({ value, low, high }: Pick<MetricRow, 'value' | 'low' | 'high'>): string {
  if (value === null) return 'n/a'
  const interval = low === null || high === null ? '[no interval]' : `[${low.toFixed(3)}, ${high.toFixed(3)}]`
  return `${value.toFixed(3)} ${interval}`
}

/** Columns padded to their widest cell, with a rule under the header. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const lines = rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  )
  return [lines[0], widths.map((width) => '─'.repeat(width)).join('  '), ...lines.slice(1)]
}

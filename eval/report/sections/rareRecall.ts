import { type IntervalMark, intervalChart } from '../charts/intervals.js'
import { inkOf } from '../charts/svg.js'
import { type Html, html } from '../html.js'
import { counted, whole } from '../numbers.js'
import { horizonsOf, leadingRows, modelOf, rowsWhere, rowWhere } from '../rows.js'
import type { RunResults } from '../runResults.js'
import { section } from './section.js'

/** Recall of each rare class and of all pooled, the number that a safety team asks for first. */
export function rareRecall({ rows: all, classes }: RunResults): Html {
  const rows = leadingRows(all)
  const [horizonS] = horizonsOf(rows)
  const mine = rowsWhere(rows, { task: 'forecast', model: modelOf(rows), horizonS: horizonS ?? null, slice: 'all' })
  const rare = classes.filter((each) => each.rare)
  const pooled = rowWhere(mine, { metric: 'rare_recall' })
  const each = rare.map(({ name, colour }) => ({
    name,
    colour,
    row: rowWhere(mine, { metric: 'recall', className: name }),
  }))
  const lines = [{ name: 'all rare', colour: inkOf('model'), row: pooled }, ...each]
  const marks = lines.flatMap(({ name, colour, row }): IntervalMark[] => {
    if (!row || row.value === null) return []
    const note = `${whole(row.count)} voxels, ${counted(row.clusters, 'log')}`
    return [{ name: name.replaceAll('_', ' '), value: row.value, low: row.low, high: row.high, colour, note }]
  })
  const missing = lines.filter(({ row }) => row?.value == null).map(({ name }) => name.replaceAll('_', ' '))
  if (marks.length === 0)
    return section(
      'rare',
      'Rare classes',
      html`<p class="missing">n/a: the scored truth holds no voxel of a rare class.</p>`,
    )
  const options = { label: 'Recall of rare classes', axis: 'recall', domain: [0, 1] as const }
  const caption = `voxel recall of the forecast ${horizonS} s ahead, with ${100 * mine[0].confidence} % intervals over logs, policy ${mine[0].policy}`
  return section(
    'rare',
    'Rare classes',
    html`${intervalChart(marks, { ...options, caption })}
      ${missing.length > 0 && html`<p class="note">n/a, no voxel in the scored truth: ${missing.join(', ')}.</p>`}`,
  )
}

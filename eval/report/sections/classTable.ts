import type { VoxelClass } from '../../../pipeline/taxonomy.js'
import type { MetricRow } from '../../metricRow.js'
import { type Html, html } from '../html.js'
import { cell, counted, whole } from '../numbers.js'
import { leadingRows, modelOf, rowsWhere, rowWhere, valuesOf } from '../rows.js'
import type { RunResults } from '../runResults.js'
import { section } from './section.js'

interface Column {
  title: string
  of(className: string): MetricRow | undefined
}

/** Every class with its support; a class without a voxel in the truth is n/a, never 0. */
export function classTable({ rows: all, classes }: RunResults): Html {
  const rows = leadingRows(all).filter(({ className }) => className !== null)
  const columns = columnsOf(rows)
  if (columns.length === 0)
    return section('classes', 'Classes', html`<p class="missing">This run has no scores of single classes.</p>`)
  const names = valuesOf(rows, 'className') as string[]
  const lines = names.map((name) =>
    line(
      name,
      classes.find((each) => each.name === name),
      columns,
      supportOf(rows, name),
    ),
  )
  return section(
    'classes',
    'Classes',
    html`<div class="scroll"><table class="classes">
      <thead><tr><th>class</th><th class="num">true voxels</th>${columns.map(({ title }) => html`<th class="num">${title}</th>`)}</tr></thead>
      <tbody>${lines}</tbody></table></div>
      <p class="note"><span class="rare">◆</span> rare: its recall is audited on its own. n/a: the scored truth has no voxel of
      it, so nothing was measured. Policy ${rows[0].policy}, mask ${rows[0].mask}; forecast by ${modelOf(rows) ?? 'no model'}.</p>`,
  )
}

/** The model's columns that have rows at all. */
function columnsOf(rows: readonly MetricRow[]): Column[] {
  const forecasts = rowsWhere(rows, { task: 'forecast', model: modelOf(rows) })
  const rebuilt = rowsWhere(rows, { task: 'reconstruction' })
  const column = (of: readonly MetricRow[], metric: string, title: string): Column[] => {
    const mine = rowsWhere(of, { metric })
    return mine.length === 0 ? [] : [{ title, of: (className) => rowWhere(mine, { className }) }]
  }
  const horizons = valuesOf(forecasts, 'horizonS').sort((a, b) => (a ?? 0) - (b ?? 0))
  const at = (horizonS: number | null) => rowsWhere(forecasts, { horizonS })
  return [
    ...column(rebuilt, 'class_iou', 'IoU, reconstruction'),
    ...horizons.flatMap((horizonS) => column(at(horizonS), 'class_iou', `IoU, ${horizonS} s`)),
    ...horizons
      .slice(0, 1)
      .flatMap((horizonS) => [
        ...column(at(horizonS), 'recall', `recall, ${horizonS} s`),
        ...column(at(horizonS), 'precision', `precision, ${horizonS} s`),
      ]),
  ]
}

/** The row whose count is the class's true voxels. */
function supportOf(rows: readonly MetricRow[], className: string): MetricRow | undefined {
  return (
    rowWhere(rows, { metric: 'recall', className, task: 'forecast', model: modelOf(rows) }) ??
    rowWhere(rows, { metric: 'recall', className })
  )
}

function line(
  name: string,
  voxelClass: VoxelClass | undefined,
  columns: readonly Column[],
  support: MetricRow | undefined,
): Html {
  const count = support?.count ?? 0
  const swatch = voxelClass && html`<i class="swatch" style="background:${voxelClass.colour}"></i>`
  const rare = voxelClass?.rare && html` <span class="rare" title="rare">◆</span>`
  return html`<tr class="${count === 0 && 'absent'}"><th scope="row">${swatch}${name.replaceAll('_', ' ')}${rare}</th>
    <td class="num">${whole(count)}${count > 0 && html`<small>${counted(support!.clusters, 'log')}</small>`}</td>
    ${columns.map(({ of }) => cell(of(name)))}</tr>`
}

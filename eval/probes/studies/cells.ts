import { bitAt } from '../../../pipeline/grid.js'
import { type Rng, stream } from '../../../pipeline/random.js'
import type { Part } from '../../../pipeline/splits/part.js'
import type { MetricRow } from '../../metricRow.js'
import { unlabelled } from '../../metrics/confusion.js'
import { probeRow } from '../probeRow.js'
import { type CodedFrame, codedLogs, type Study, type StudyContext } from '../study.js'
import { aurocRow, linearScores } from './aurocRow.js'

/** Cells drawn from each frame: neighbours say much the same. */
const cellsPerFrame = 32
const lambda = 1e-3

/**
 * Whether one cell of the map tells what stands in it, from its own c numbers alone: a latent that is spatial in name only
 * needs the others.
 */
export const cells: Study = {
  name: 'cells',
  question: 'Is there an obstacle in this cell, by its own numbers?',
  source: 'Alain & Bengio 2016, https://arxiv.org/abs/1610.01644, cell by cell',
  run: rowsOf,
}

interface CellTable {
  /** [n, c] */
  features: Float32Array
  width: number
  labels: number[]
  logs: string[]
}

async function rowsOf(context: StudyContext): Promise<MetricRow[]> {
  const [train, test] = [await drawnCells(context, 'train'), await drawnCells(context, 'test')]
  const line = {
    ...{ model: 'latent', metric: 'auroc', unit: 'ratio', countOf: 'cells', slice: 'cell_occupied' },
    ...{ policy: 'linear probe of single cells', classPolicy: 'wanted: chance has 0.5', ...context.provenance },
    population: `fitted on ${train.labels.length} cells (train), scored on ${test.labels.length} of ${new Set(test.logs).size} logs (test)`,
  }
  if (new Set(train.labels).size < 2)
    return [probeRow({ ...line, remark: 'all training cells are alike' }, { value: null, count: 0 }, null)]
  const scores = linearScores(train, train.labels, test, lambda)
  const options = { rng: stream(context.seed, 'cells bootstrap'), resamples: context.resamples }
  return [aurocRow(line, scores, test, options)]
}

/** Cells of every frame of a part, drawn by its seed; cells in which nothing was observed have no truth. */
async function drawnCells(context: StudyContext, part: Part): Promise<CellTable> {
  const [h, w, c] = context.model.shape
  const isObstacle = context.dataset.taxonomy.classes.map(({ superclass }) => !['free', 'ground'].includes(superclass))
  const table = { values: [] as number[], labels: [] as number[], logs: [] as string[] }
  for await (const { logId, frames } of codedLogs(context, part)) {
    const rng = stream(context.seed, 'cells', logId)
    for (const { frame, mean } of frames)
      for (const cell of someOf(h * w, cellsPerFrame, rng)) {
        const label = labelOf(frame, context.dataset.grid.dims, [h, w], cell, isObstacle)
        if (label === null) continue
        table.labels.push(label)
        table.logs.push(logId)
        for (let i = cell * c; i < (cell + 1) * c; i++) table.values.push(mean[i])
      }
  }
  return { features: Float32Array.from(table.values), width: c, labels: table.labels, logs: table.logs }
}

function someOf(count: number, wanted: number, rng: Rng): number[] {
  return Array.from({ length: wanted }, () => rng.int(count))
}

/** 1 when a cell's columns hold an observed obstacle, 0 when they hold none, null when nothing in them was observed and labelled. */
export function labelOf(
  { semantics, observed }: Pick<CodedFrame['frame'], 'semantics' | 'observed'>,
  [X, Y, Z]: readonly number[],
  [h, w]: readonly [number, number],
  cell: number,
  isObstacle: readonly boolean[],
): number | null {
  const [sizeX, sizeY] = [X / h, Y / w]
  const [firstX, firstY] = [Math.floor(cell / w) * sizeX, (cell % w) * sizeY]
  let label: number | null = null
  for (let i = firstX; i < firstX + sizeX; i++)
    for (let j = firstY; j < firstY + sizeY; j++)
      for (let voxel = (i * Y + j) * Z; voxel < (i * Y + j + 1) * Z; voxel++) {
        if (!bitAt(observed, voxel) || semantics[voxel] === unlabelled) continue
        if (isObstacle[semantics[voxel]]) return 1
        label = 0
      }
  return label
}

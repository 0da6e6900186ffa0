import { unpackBits, voxelCount } from '../../../pipeline/grid.js'
import { compose, invert, transform } from '../../../pipeline/pose.js'
import { stream } from '../../../pipeline/random.js'
import type { Frame } from '../../../pipeline/schema.js'
import { warpByEgoMotion } from '../../baselines.js'
import type { MetricRow } from '../../metricRow.js'
import { unlabelled } from '../../metrics/confusion.js'
import { probeRow } from '../probeRow.js'
import type { Study, StudyContext } from '../study.js'
import { aurocRow } from './aurocRow.js'
import { nearM, type Pass, type Place, pairsOf, testPasses } from './passPairs.js'

/** Stands for "was outside the other pass's grid". */
const outside = 255
/** Voxels of a cell that must differ for it to count as changed. */
const leastVoxels = 3

const parts = ['semantics', 'observed', 'cityFromEgo'] as const

interface CodedFrame {
  frame: Pick<Frame, (typeof parts)[number]>
  /** [h, w, c] float32, c fastest. */
  mean: Float32Array
}

interface Cells {
  /** How unlike the latents of both passes are there. */
  scores: number[]
  /** 1 changed, 0 not. */
  labels: number[]
  logs: string[]
}

/**
 * Whether latents of two drives along one road differ where the static world does: the other pass is carried to this one's
 * ego frame, a cell has changed where static things both passes saw differ, and its score is the distance of the latents.
 */
export const mapChange: Study = {
  name: 'mapChange',
  question: 'Do the latents of two passes differ where the static world has changed?',
  source:
    'Ours; the task of Trust but Verify, https://arxiv.org/abs/2212.07312, between two passes instead of map and sensor',
  run: rowsOf,
}

async function rowsOf(context: StudyContext): Promise<MetricRow[]> {
  const cells: Cells = { scores: [], labels: [], logs: [] }
  const passes = await testPasses(context)
  for (const [i, a] of passes.entries())
    for (const b of passes.slice(i + 1))
      for (const [here, there] of pairsOf(a, b)) {
        const frames = [await codedFrame(a, here, context), await codedFrame(b, there, context)] as const
        addCells(a.logId, ...frames, context, cells)
      }
  const changed = cells.labels.reduce((sum, label) => sum + label, 0)
  const line = {
    ...{ model: 'latent', metric: 'auroc', unit: 'ratio', countOf: 'cells', slice: 'map_change' },
    ...{ policy: 'distance of latents', classPolicy: 'wanted: chance has 0.5', ...context.provenance },
    population: `${cells.labels.length} cells of test logs that pass within ${nearM} m of each other, ${changed} changed`,
  }
  if (changed === 0 || changed === cells.labels.length) {
    const remark = cells.labels.length === 0 ? 'no two test logs pass the same place' : 'all cells are alike'
    return [probeRow({ ...line, remark }, { value: null, count: 0 }, null)]
  }
  const options = { rng: stream(context.seed, 'map change'), resamples: context.resamples }
  return [aurocRow(line, cells.scores, cells, options)]
}

/** Read for each pair anew: two frames are in memory, however many logs there are. */
async function codedFrame(
  { logId }: Pass,
  { frame, code }: Place,
  { dataset, latents }: StudyContext,
): Promise<CodedFrame> {
  const [{ mean }] = await latents.rows(logId, code, 1)
  return { mean, frame: await dataset.frame(frame, { parts }) }
}

function addCells(logId: string, here: CodedFrame, there: CodedFrame, context: StudyContext, cells: Cells): void {
  const { dataset, model } = context
  const { grid, taxonomy } = dataset
  const [h, w, c] = model.shape
  const voxels = voxelCount(grid)
  const carry = (values: Uint8Array) =>
    warpByEgoMotion(values, grid, there.frame.cityFromEgo, here.frame.cityFromEgo, outside)
  const [other, otherSeen] = [carry(there.frame.semantics), carry(unpackBits(there.frame.observed, voxels))]
  const seen = unpackBits(here.frame.observed, voxels)
  const isStatic = taxonomy.classes.map(({ superclass }) => ['structure', 'ground'].includes(superclass))
  const isThing = taxonomy.classes.map(({ superclass }) => ['vehicle', 'person'].includes(superclass))
  const [both, changed] = [new Float64Array(h * w), new Float64Array(h * w)]
  const [, Y, Z] = grid.dims
  const [sizeX, sizeY] = [grid.dims[0] / h, Y / w]
  for (let voxel = 0; voxel < voxels; voxel++) {
    if (!seen[voxel] || otherSeen[voxel] !== 1) continue
    const [was, is] = [other[voxel], here.frame.semantics[voxel]]
    // What moves tells nothing of the map, nor does what nobody labelled.
    if (isThing[was] || isThing[is] || was === unlabelled || is === unlabelled) continue
    const column = Math.floor(voxel / Z)
    const cell = Math.floor(Math.floor(column / Y) / sizeX) * w + Math.floor((column % Y) / sizeY)
    both[cell]++
    if (was !== is && (isStatic[was] || isStatic[is])) changed[cell]++
  }
  const carried = carriedCells(here, there, context)
  for (let cell = 0; cell < h * w; cell++) {
    if (both[cell] < leastVoxels || carried[cell] < 0) continue
    // Between none and enough lies what a fraction of a voxel explains.
    if (changed[cell] > 0 && changed[cell] < leastVoxels) continue
    let unlike = 0
    for (let i = 0; i < c; i++) unlike += (here.mean[cell * c + i] - there.mean[carried[cell] * c + i]) ** 2
    cells.scores.push(unlike)
    cells.labels.push(changed[cell] > 0 ? 1 : 0)
    cells.logs.push(logId)
  }
}

/** For each cell here the cell of the other pass that holds its centre; −1 outside. */
function carriedCells(here: CodedFrame, there: CodedFrame, { dataset: { grid }, model }: StudyContext): Int32Array {
  const [h, w] = model.shape
  const { originM, voxelM, dims } = grid
  const [cellX, cellY] = [(dims[0] * voxelM) / h, (dims[1] * voxelM) / w]
  const thereFromHere = compose(invert(there.frame.cityFromEgo), here.frame.cityFromEgo)
  return Int32Array.from({ length: h * w }, (_, cell) => {
    const [i, j] = [Math.floor(cell / w), cell % w]
    const [x, y] = transform(thereFromHere, [originM[0] + (i + 0.5) * cellX, originM[1] + (j + 0.5) * cellY, 0])
    const [a, b] = [Math.floor((x - originM[0]) / cellX), Math.floor((y - originM[1]) / cellY)]
    return a < 0 || b < 0 || a >= h || b >= w ? -1 : a * w + b
  })
}

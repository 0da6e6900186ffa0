import type { FrameMeasure, World } from '../../../eval/measures/measure.js'
import { policies } from '../../../eval/metrics/policies.js'
import { type Grid, voxelCount } from '../../../pipeline/grid.js'
import { small } from '../metrics/taxonomy.js'
import { measured } from './numpyReference.js'

/** Classes of the small taxonomy. */
export const [car, child, free, cone] = [0, 1, 2, 3]

export const worldOf = (grid: Grid): World => ({ grid, taxonomy: small, rateHz: 2 })
export const gridOf = (dims: Grid['dims'], voxelM: number, originM: Grid['originM']): Grid => ({
  ...{ name: 'by hand', dims, voxelM, originM },
})

/** What a measure says of one frame, all of it observed unless `observed` says otherwise. */
export function of(
  measure: FrameMeasure,
  grid: Grid,
  labels: { truth: number[]; predicted: number[] },
  observed?: number[],
) {
  const bytes = (values: number[]) => Uint8Array.from(values)
  const seen = observed ? bytes(observed) : new Uint8Array(voxelCount(grid)).fill(1)
  const masks = { observed: seen, camera: seen, lidar: seen }
  const frame = { truth: bytes(labels.truth), predicted: bytes(labels.predicted), ...masks }
  return measured(measure, { world: worldOf(grid), frames: [frame] }, policies.occlab)
}

import type { Grid } from '../../pipeline/grid.js'
import { rotationMatrix } from '../../pipeline/pose.js'
import type { SceneObject } from '../../pipeline/schema.js'
import { ratio } from '../metrics/score.js'
import { HorizonSums } from './horizonSums.js'
import type { Counter, ScoredFrame, ScoredWindow, Value, WindowMeasure, World } from './measure.js'

/** Numbers a horizon: cells of the thing's class at both times, at either; the same of the truth. */
const [bothAt, eitherAt, trueBothAt, trueEitherAt] = [0, 1, 2, 3]

/**
 * Whether a thing keeps its shape along its track: the grid inside its annotated box is read in the box's own axes, at
 * voxel resolution, and compared with the same thing one forecast earlier. Beside it the same of the truth, which is
 * below 1 because other sides of a thing come into sight.
 */
export const trackShape: WindowMeasure = {
  name: 'trackShape',
  reads: 'windows',
  what: 'overlap of a thing’s predicted shape, in its own axes, from one forecast to the next, beside that of the truth',
  source: 'Ours',
  policies: 'none',
  values: () => [
    value('shape_consistency', 'higher', bothAt, eitherAt),
    value('shape_consistency_of_truth', null, trueBothAt, trueEitherAt),
  ],
  counter: (world) => new ShapeCounter(world),
}

function value(metric: string, better: Value['better'], both: number, either: number): Value {
  return {
    ...{ metric, unit: 'ratio', countOf: 'cells', className: null, better, headline: false },
    score: (sums) => ratio(sums[both], sums[either]),
  }
}

class ShapeCounter implements Counter<ScoredWindow> {
  private readonly horizons = new HorizonSums(4)

  constructor(private readonly world: World) {}

  add({ ahead }: ScoredWindow): void {
    for (let step = 1; step < ahead.length; step++) {
      const [earlier, later] = [ahead[step - 1], ahead[step]]
      if (!earlier.objects || !later.objects) continue
      const before = new Map(earlier.objects.map((object) => [object.trackId, object]))
      for (const object of later.objects) {
        const same = before.get(object.trackId)
        if (same) this.compare(same, earlier, object, later)
      }
    }
  }

  private compare(a: SceneObject, earlier: ScoredFrame, b: SceneObject, later: ScoredFrame): void {
    const sums = this.horizons.at(later.horizonS!)
    const { grid } = this.world
    // One thing has one size: that of the later box, so that cells pair up where annotators changed their minds.
    const cells = (object: SceneObject, voxels: Uint8Array) => shapeOf({ ...object, sizeM: b.sizeM }, voxels, grid)
    const grids: [Uint8Array, Uint8Array, number][] = [
      [earlier.predicted, later.predicted, bothAt],
      [earlier.truth.semantics, later.truth.semantics, trueBothAt],
    ]
    for (const [before, now, at] of grids) {
      const [was, is] = [cells(a, before), cells(b, now)]
      // A thing that reaches beyond the grid at either time has no whole shape.
      if (!was || !is) return
      for (let cell = 0; cell < is.length; cell++) {
        sums[at] += was[cell] & is[cell]
        sums[at + 1] += was[cell] | is[cell]
      }
    }
  }

  sums() {
    return this.horizons.all()
  }
}

/** 1 for each cell of the thing's box that is of its class, in the box's axes; null when the box leaves the grid. */
function shapeOf({ egoFromObject, sizeM, classIndex }: SceneObject, voxels: Uint8Array, grid: Grid): Uint8Array | null {
  const { voxelM, dims } = grid
  const m = rotationMatrix(egoFromObject.q)
  const cells = sizeM.map((size) => Math.max(1, Math.round(size / voxelM)))
  const shape = new Uint8Array(cells[0] * cells[1] * cells[2])
  // In voxels: the box's centre, and from cell to cell along each axis of the box.
  const centre = egoFromObject.t.map((metres, axis) => (metres - grid.originM[axis]) / voxelM)
  const strides = cells.map((count, axis) => sizeM[axis] / count / voxelM)
  let cell = 0
  for (let i = 0; i < cells[0]; i++)
    for (let j = 0; j < cells[1]; j++)
      for (let k = 0; k < cells[2]; k++, cell++) {
        const a = (i + 0.5 - cells[0] / 2) * strides[0]
        const b = (j + 0.5 - cells[1] / 2) * strides[1]
        const c = (k + 0.5 - cells[2] / 2) * strides[2]
        const x = Math.floor(centre[0] + m[0] * a + m[1] * b + m[2] * c)
        const y = Math.floor(centre[1] + m[3] * a + m[4] * b + m[5] * c)
        const z = Math.floor(centre[2] + m[6] * a + m[7] * b + m[8] * c)
        if (x < 0 || y < 0 || z < 0 || x >= dims[0] || y >= dims[1] || z >= dims[2]) return null
        if (voxels[(x * dims[1] + y) * dims[2] + z] === classIndex) shape[cell] = 1
      }
  return shape
}

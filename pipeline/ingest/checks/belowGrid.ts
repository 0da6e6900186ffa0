import type { Grid } from '../../grid.js'
import type { Sweep } from '../reader.js'
import type { Check, Observation, ReadWatch } from './check.js'

/** One point of so many tells, and every sweep passes here. A prime, since lasers take their turns: all of them are among the points. */
const step = 61
const muchOfAll = 0.3

/** Grids that end above the ground: occupancy without a road, of which nothing else would say so. */
export const belowGrid: Check = {
  finds: 'grids that end above the ground',
  rule: `Of the points over the grid's area, every ${step}st of the sweeps that feed frames, more than ${100 * muchOfAll} % lie below its floor: named, and kept.`,
  reason:
    'What lies below the floor is in no voxel. On grids from −1 m up it is no point of the real logs of Argoverse 2 and nuScenes, and 85 % of those of KITTI, whose axes lie 1.73 m above the road; on grids from −2 m up 8 to 11 % of them.',
  watch: (_log, grid) => new FloorWatch(grid),
}

class FloorWatch implements ReadWatch {
  private file: string | null = null
  private sweeps = 0
  private over = 0
  private below = 0

  constructor(private readonly grid: Grid) {}

  sweep({ file, count, pointsM }: Sweep): void {
    const { originM, voxelM, dims } = this.grid
    const [fromX, fromY, floor] = originM
    const [toX, toY] = [fromX + dims[0] * voxelM, fromY + dims[1] * voxelM]
    this.file ??= file
    this.sweeps++
    for (let at = 0; at < 3 * count; at += 3 * step) {
      const [x, y] = [pointsM[at], pointsM[at + 1]]
      if (x < fromX || x >= toX || y < fromY || y >= toY) continue
      this.over++
      if (pointsM[at + 2] < floor) this.below++
    }
  }

  observations(): Observation[] {
    const { grid, file, sweeps, over, below } = this
    if (file === null || below <= muchOfAll * over) return []
    const share = `${((100 * below) / over).toFixed(0)} % of the points over its area below that`
    const expected = 'a grid that reaches down to the ground'
    const place = `grid ${grid.name}, floor at z = ${grid.originM[2]} m`
    return [{ file, place, expected, actual: share, count: sweeps, effect: 'noted' }]
  }
}

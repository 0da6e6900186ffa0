import { UsageError } from '../../pipeline/errors.js'
import type { Grid } from '../../pipeline/grid.js'
import type { Vec3 } from '../../pipeline/pose.js'
import { freeIndex } from '../../pipeline/taxonomy.js'
import { RayPaths } from '../metrics/rayPaths.js'
import { rayPattern } from '../metrics/rayPattern.js'
import type { Counter, FrameMeasure, ScoredFrame, World } from './measure.js'
import { RaySums, rayValues } from './raySums.js'
import { remembered } from './remembered.js'

/**
 * RayIoU from one origin, the place of a LiDAR on the ego. The paper casts from up to eight places along the drive; where a
 * forecast's window gives them, `trajectoryRays` does.
 */
export const rays: FrameMeasure = {
  name: 'rays',
  reads: 'frames',
  what: 'RayIoU at 1, 2 and 4 m, mean and by class; 360° of rays from one LiDAR origin; no mask; true hit not free',
  source: 'SparseOcc (https://arxiv.org/abs/2312.17118), ray_metrics.py; one origin instead of up to eight',
  policies: 'none',
  tasks: ['reconstruction', 'forecast'],
  values: ({ taxonomy }) => rayValues(taxonomy),
  counter: (world) => new RayCounter(world),
}

/** LIDAR_TOP of nuScenes in its ego frame, as RayIoU's code has it, metres. */
const lidarOnEgoM: Vec3 = [0.9858, 0, 1.8402]
/** Grids whose ego frame is the LiDAR's own. */
const lidarGrids = new Set(['semantickitti'])

/**
 * Where rays begin, metres in the ego frame. Throws UsageError where that is not in the grid.
 */
export function rayOriginM({ name, originM, voxelM, dims }: Grid): Vec3 {
  const origin: Vec3 = lidarGrids.has(name) ? [0, 0, 0] : lidarOnEgoM
  const isInside = originM.every((from, axis) => origin[axis] >= from && origin[axis] < from + dims[axis] * voxelM)
  if (isInside) return origin
  throw new UsageError(
    `the rays of RayIoU begin at ${origin.join(', ')} m in the ego frame, outside the grid '${name}'`,
    {
      expected: 'a grid around the LiDAR, or other measures',
    },
  )
}

interface Caster {
  paths: RayPaths
  free: number
  endsOf(labels: Uint8Array): Int32Array
}

/** One a world; what the rays of a truth end in is found once for all forecasters. */
const casterOf = remembered<World, Caster>(({ grid, taxonomy }) => {
  const free = freeIndex(taxonomy)
  const paths = new RayPaths(grid, rayPattern()).from(rayOriginM(grid))
  return { paths, free, endsOf: remembered((labels) => paths.cast(labels, free)) }
})

class RayCounter implements Counter<ScoredFrame> {
  private readonly caster: Caster
  private readonly counted: RaySums

  constructor(world: World) {
    this.caster = casterOf(world)
    this.counted = new RaySums(world.taxonomy.classes.length, this.caster.free)
  }

  add({ truth: { semantics }, predicted }: ScoredFrame): void {
    const { paths, free, endsOf } = this.caster
    const guess = { labels: predicted, ends: paths.cast(predicted, free) }
    this.counted.add(paths, { labels: semantics, ends: endsOf(semantics) }, guess)
  }

  sums() {
    return [{ slice: 'all', horizonS: null, sums: this.counted.sums }]
  }
}

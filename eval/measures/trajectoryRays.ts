import type { Grid } from '../../pipeline/grid.js'
import { compose, invert, type Pose, transform, type Vec3 } from '../../pipeline/pose.js'
import { freeIndex } from '../../pipeline/taxonomy.js'
import { RayPaths } from '../metrics/rayPaths.js'
import { rayPattern } from '../metrics/rayPattern.js'
import type { Counter, ScoredWindow, Sums, WindowMeasure, World } from './measure.js'
import { RaySums, rayValues } from './raySums.js'
import { rayOriginM } from './rays.js'
import { remembered } from './remembered.js'

/** Origins of a frame at most, and how far inside the grid's sides they have to lie, metres: 39 of Occ3D's 40. */
const [mostOrigins, marginM] = [8, 1]

/**
 * RayIoU from up to eight origins along the drive: where the LiDAR is at the last frame seen and at the window's forecast
 * frames, as far as that lies in the grid. The paper takes the places of all frames of the scene; a window has its own.
 */
export const trajectoryRays: WindowMeasure = {
  name: 'trajectoryRays',
  reads: 'windows',
  what: 'RayIoU at 1, 2 and 4 m from up to eight origins along the window’s drive; no mask; true hit not free',
  source: 'SparseOcc (https://arxiv.org/abs/2312.17118), ray_metrics.py; origins of the window instead of the scene',
  policies: 'none',
  values: ({ taxonomy }) => rayValues(taxonomy),
  counter: (world) => new TrajectoryCounter(world),
}

/** The places of the LiDAR that lie in the grid of `cityFromEgo`, at most eight, evenly chosen; metres in that ego frame. */
export function originsAlong(cityFromEgo: Pose, drive: readonly Pose[], grid: Grid): Vec3[] {
  const lidarM = rayOriginM(grid)
  const egoFromCity = invert(cityFromEgo)
  const places = drive.map((pose) => transform(compose(egoFromCity, pose), lidarM))
  const inside = places.filter((place) => isWellInside(place, grid))
  if (inside.length <= mostOrigins) return inside
  return Array.from(
    { length: mostOrigins },
    (_, n) => inside[halfToEven((n * (inside.length - 1)) / (mostOrigins - 1))],
  )
}

function isWellInside(place: Vec3, { originM, voxelM, dims }: Grid): boolean {
  return [0, 1, 2].every((axis) => {
    const margin = axis === 2 ? 0 : marginM
    return place[axis] > originM[axis] + margin && place[axis] < originM[axis] + dims[axis] * voxelM - margin
  })
}

/** As NumPy rounds. */
function halfToEven(value: number): number {
  const below = Math.floor(value)
  if (value - below !== 0.5) return Math.round(value)
  return below % 2 === 0 ? below : below + 1
}

const pathsOf = remembered<World, RayPaths>(({ grid }) => new RayPaths(grid, rayPattern()))

class TrajectoryCounter implements Counter<ScoredWindow> {
  /** By horizon, seconds. */
  private readonly counted = new Map<number, RaySums>()

  constructor(private readonly world: World) {}

  add({ last, ahead }: ScoredWindow): void {
    const { grid, taxonomy } = this.world
    const free = freeIndex(taxonomy)
    const drive = [last, ...ahead.map(({ truth }) => truth)].map(({ cityFromEgo }) => cityFromEgo)
    for (const { truth, predicted, horizonS } of ahead) {
      const sums = this.counted.get(horizonS!) ?? new RaySums(taxonomy.classes.length, free)
      this.counted.set(horizonS!, sums)
      for (const origin of originsAlong(truth.cityFromEgo, drive, grid)) {
        const paths = pathsOf(this.world).from(origin)
        const [trueEnds, ends] = [truth.semantics, predicted].map((labels) => paths.cast(labels, free))
        sums.add(paths, { labels: truth.semantics, ends: trueEnds }, { labels: predicted, ends })
      }
    }
  }

  *sums(): Generator<Sums> {
    for (const [horizonS, { sums }] of this.counted) yield { slice: 'all', horizonS, sums }
  }
}

import type { ScoredFrame, ScoredWindow, World } from '../../../eval/measures/measure.js'
import { type Grid, packBits } from '../../../pipeline/grid.js'
import { forEachBoxVoxel } from '../../../pipeline/ingest/occupancy/boxVoxels.js'
import { type Pose, poseFromYaw } from '../../../pipeline/pose.js'
import type { Frame, SceneObject } from '../../../pipeline/schema.js'
import { classIndex, freeIndex, taxonomies } from '../../../pipeline/taxonomy.js'

export const taxonomy = taxonomies.fleet
/** 20 m by 20 m around the ego, two layers of 1 m. */
export const grid: Grid = { name: 'scene', originM: [-10, -10, 0], voxelM: 1, dims: [20, 20, 2] }
export const world: World = { grid, taxonomy, rateHz: 1 }
export const of = (name: string) => classIndex(taxonomy, name)
export const free = freeIndex(taxonomy)
const voxels = 800

/** A car of 4 m by 2 m by 2 m whose centre is at (x, y), m/s along x. */
export function car(trackId: string, xM: number, yM: number, speedMps: number | null = 0): SceneObject {
  return {
    ...{ trackId, category: 'car', classIndex: of('car'), sizeM: [4, 2, 2], interiorPoints: null },
    egoFromObject: poseFromYaw(0, [xM, yM, 1]),
    velocityMps: speedMps === null ? null : [speedMps, 0, 0],
  }
}

/** The grid with things drawn into it. */
export function drawn(objects: readonly SceneObject[], ground = false): Uint8Array {
  const semantics = new Uint8Array(voxels).fill(free)
  if (ground) for (let voxel = 0; voxel < voxels; voxel += 2) semantics[voxel] = of('drivable')
  for (const { egoFromObject, sizeM, classIndex: label } of objects)
    forEachBoxVoxel(grid, egoFromObject, sizeM, (voxel) => {
      semantics[voxel] = label
    })
  return semantics
}

/** A frame whose truth is what is drawn; everything is observed. */
export function scored(
  objects: readonly SceneObject[],
  predicted: Uint8Array,
  {
    horizonS = 1,
    cityFromEgo = poseFromYaw(0),
    ground = false,
  }: { horizonS?: number; cityFromEgo?: Pose; ground?: boolean } = {},
): ScoredFrame {
  const observed = packBits(new Uint8Array(voxels).fill(1))
  const truth = {
    logId: 'log',
    frameIndex: 0,
    semantics: drawn(objects, ground),
    observed,
    observedBy: null,
    cityFromEgo,
  }
  return { truth: truth as unknown as Frame, objects, predicted, occupied: null, horizonS, cityFromEgo }
}

/** A window that starts from the truth of its first frame. */
export function windowOf(
  last: ScoredFrame,
  ahead: readonly ScoredFrame[],
  rollouts: Uint8Array[][] = [],
): ScoredWindow {
  const window = { logId: 'log', first: 0, firstFrameIndex: 0 }
  return { window, last: last.truth, lastObjects: last.objects, ahead, rollouts }
}

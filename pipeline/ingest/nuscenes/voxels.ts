import { join } from 'node:path'
import { DataError } from '../../errors.js'
import { type Grid, grids } from '../../grid.js'
import { occ3dNuscenes } from '../../taxonomies/occ3dNuscenes.js'
import { openNpz } from '../files/npz.js'
import type { PoseTrack } from '../poseTrack.js'
import { type HashedLog, sourceOf, type VoxelGrid, type VoxelSource } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'
import type { Sample } from './scenes.js'
import { nsOf } from './time.js'

const labelFile = 'labels.npz'

/** Where Occ3D has the voxels of a keyframe, below one of its `gts` folders. */
export function voxelFile(gts: string, scene: string, sample: string): string {
  return `${gts}/${scene}/${sample}/${labelFile}`
}

/**
 * Occ3D-nuScenes (Tian et al. 2023, https://arxiv.org/abs/2304.14365): `gts/<scene>/<sample>/labels.npz`, one file a
 * keyframe, in its ego frame. `semantics`, `mask_lidar` and `mask_camera` are uint8 of 200×200×16, x y z, z fastest.
 * A voxel is known when either of its masks has it.
 */
export class Occ3dVoxels implements VoxelSource {
  readonly grid: Grid = grids.occ3d
  readonly categories = occ3dNuscenes.classes.map(({ name }) => name)
  readonly masks = ['camera', 'lidar']

  private constructor(
    private readonly log: HashedLog,
    private readonly files: readonly string[],
    readonly timesNs: Float64Array,
  ) {}

  /** Null when the scene has none. `samples` are its keyframes in the order of time; those without a grid are counted. */
  static open(log: HashedLog, scene: string, samples: readonly Sample[], poses: PoseTrack, skips: SkipCounter) {
    const fileOf = new Map(
      log.files.filter((file) => file.endsWith(`/${labelFile}`)).map((f) => [f.split('/').at(-2), f]),
    )
    const missing = samples.filter(({ token }) => !fileOf.has(token))
    skips.add('voxel grid', 'its file is not there', voxelFile('gts', scene, missing[0]?.token ?? ''), missing.length)
    const there = samples.filter(({ token }) => fileOf.has(token))
    if (there.length === 0) return null
    const times = Float64Array.from(there, ({ timestampUs }) => poses.timeNs(nsOf(timestampUs)))
    return new Occ3dVoxels(
      log,
      there.map(({ token }) => fileOf.get(token)!),
      times,
    )
  }

  /** Throws DataError for an archive without those arrays or with labels that Occ3D does not have. */
  async read(index: number): Promise<VoxelGrid> {
    const file = this.files[index]
    const path = join(this.log.dir, file)
    const npz = await openNpz(path)
    const array = (name: string) => npz.read(name).then(({ shape, data }) => this.whole(path, name, shape, data))
    try {
      const categories = await array('semantics')
      const [camera, lidar] = [await array('mask_camera'), await array('mask_lidar')]
      const unknown = categories.findIndex((code) => code >= this.categories.length)
      if (unknown >= 0)
        throw new DataError('not a label of Occ3D', {
          file: path,
          place: `semantics, voxel ${unknown}`,
          expected: `0 to ${this.categories.length - 1}`,
          actual: `${categories[unknown]}`,
        })
      const observed = camera.map((seen, voxel) => (seen || lidar[voxel] ? 1 : 0))
      const [timeNs, source] = [this.timesNs[index], sourceOf(this.log, file)]
      return { timeNs, categories, observed, observedBy: { camera, lidar }, file, source }
    } finally {
      await npz.close()
    }
  }

  private whole(file: string, name: string, shape: readonly number[], data: ArrayLike<unknown>): Uint8Array {
    const { dims } = this.grid
    if (data instanceof Uint8Array && shape.join() === dims.join()) return data
    throw new DataError('not a grid of Occ3D', {
      file,
      place: name,
      expected: `uint8 of ${dims.join('×')}`,
      actual: `${data.constructor.name} of ${shape.join('×')}`,
    })
  }
}

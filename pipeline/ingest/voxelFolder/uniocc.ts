import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DataError } from '../../errors.js'
import { grids } from '../../grid.js'
import { freeCategory, type Reader } from '../reader.js'
import type { VoxelDescription } from './description.js'
import { folderReader } from './folderReader.js'
import { withNpz } from './voxelFolder.js'
import { voxelsFileName } from './voxels.js'

const array = 'occ_label'
const names = 'general_object vehicle bicycle motorcycle pedestrian traffic_cone vegetation road terrain building'

const description: Omit<VoxelDescription, 'times'> = {
  grid: { ...grids.occ3d, name: 'uniocc' },
  folder: '',
  array,
  layout: 'dense',
  axes: 'xyz',
  classes: Object.fromEntries(names.split(' ').concat(freeCategory).entries()),
  unknown: [],
  masks: { camera: 'occ_mask_camera' },
  poses: { array: 'ego_to_world_transformation' },
  frame: null,
  sensors: [],
  vocabulary: 'uniocc',
}

/**
 * UniOcc (Wang et al. 2025, https://arxiv.org/abs/2503.24381): a folder a scene, a `<number>.npz` a frame. Its boxes,
 * cameras and `scene_infos.pkl` are pickles, which are never run; its flow is not read. No file says when a frame was:
 * the rate stands in the name of the dataset's folder, and times count from 0.
 */
export const uniocc: Reader = folderReader({
  async recognises(dir) {
    if (existsSync(join(dir, voxelsFileName))) return false
    const found = (await readdir(dir).catch(() => [])).filter((file) => /^\d+\.npz$/.test(file)).sort()
    if (found.length === 0) return false
    // A numbered archive that cannot be opened is taken for a damaged frame rather than for nothing.
    const arrays = await withNpz(join(dir, found[0]), async (npz) => npz.names).catch(() => [array])
    return arrays.includes(array)
  },
  describe: async (dir) => ({ ...description, times: { rateHz: rateOf(dir) } }),
  // Where several vehicles drive in one scene, a folder of the scene is a vehicle's number.
  logIdOf: (dir) => (/^-?\d+$/.test(basename(dir)) ? `${basename(dirname(dir))}-${basename(dir)}` : basename(dir)),
  besides: [],
})

/** From `NuScenes-via-Occ3D-2Hz-mini` and the like, one or two folders up. Throws DataError when no name says it. */
function rateOf(dir: string): number {
  for (const above of [dirname(dir), dirname(dirname(dir))]) {
    const match = basename(above).match(/(?:^|-)(\d+)Hz(?:-|$)/)
    if (match && Number(match[1]) > 0) return Number(match[1])
  }
  throw new DataError('no name tells how many frames a second it has', {
    file: dir,
    expected: `the dataset's folder by its own name, such as Carla-10Hz-val; or a ${voxelsFileName} here`,
  })
}

import { noNumpy, numpy } from '../../../support/numpy.js'
import type { Sample } from './sample.js'

const script = 'write_voxel_folder.py'
const placed = { rig: 'rig', site: 'site', route: 'route' }

export const uniocc: Sample = {
  write: (dir) => numpy(script, 'uniocc', dir) as string,
  config: placed,
  frames: 4,
  missing: noNumpy,
}

export const openoccupancy: Sample = {
  write: (dir) => numpy(script, 'openoccupancy', dir) as string,
  config: placed,
  frames: 3,
  missing: noNumpy,
}

export const voxels: Sample = {
  write: (dir) => numpy(script, 'voxels', dir) as string,
  config: {},
  frames: 3,
  missing: noNumpy,
}

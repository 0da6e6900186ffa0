import { argoverse2 } from './argoverse2/reader.js'
import { kitti } from './kitti/reader.js'
import { mcap } from './mcap/reader.js'
import { occ3d } from './nuscenes/occ3d.js'
import { nuscenes } from './nuscenes/reader.js'
import type { Reader } from './reader.js'
import { rosbag1 } from './rosbag1/reader.js'
import { rosbag2 } from './rosbag2/reader.js'
import { scans } from './scans/reader.js'
import { semantickitti } from './semantickitti/reader.js'
import { openoccupancy } from './voxelFolder/openoccupancy.js'
import { uniocc } from './voxelFolder/uniocc.js'
import { voxels } from './voxelFolder/voxels.js'

/** Every layout that occlab reads. */
export const readers = {
  argoverse2,
  nuscenes,
  occ3d,
  uniocc,
  openoccupancy,
  voxels,
  semantickitti,
  kitti,
  mcap,
  rosbag2,
  rosbag1,
  scans,
} satisfies Record<string, Reader>

export type Format = keyof typeof readers

import type { Format } from '../../../../pipeline/ingest/readers.js'
import { argoverse2 } from './argoverse2.js'
import { mcap, rosbag1, rosbag2 } from './bags.js'
import { kitti } from './kitti.js'
import { nuscenes, occ3d } from './nuscenes.js'
import type { Sample } from './sample.js'
import { scans } from './scans.js'
import { semantickitti } from './semantickitti.js'
import { openoccupancy, uniocc, voxels } from './voxelFolders.js'

/** A sample of every layout that occlab reads: a new reader adds its own here. */
export const samples = {
  argoverse2,
  nuscenes,
  occ3d,
  uniocc,
  openoccupancy,
  voxels,
  semantickitti,
  kitti,
  scans,
  mcap,
  rosbag2,
  rosbag1,
} satisfies Record<Format, Sample>

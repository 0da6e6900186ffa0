import type { Dataset } from '../dataset.js'
import { bitAt, voxelCount } from '../grid.js'

/** What one log's frames add up to. */
export interface LogCounts {
  /** Steps from frame to frame, their time and their way over ground. */
  motions: number
  durationS: number
  distanceM: number
  /** Frames other than the first without a motion. */
  gaps: number
  /** Voxels of all frames, and the observed ones among them. */
  all: number
  observed: number
  /** Observed voxels by class, and frames that have one. */
  voxels: Float64Array
  framesWith: Float64Array
}

/** Reads the frames of a log once, in order. */
export async function tallyLog(dataset: Dataset, logId: string): Promise<LogCounts> {
  const classes = dataset.taxonomy.classes.length
  const size = voxelCount(dataset.grid)
  const none = { motions: 0, durationS: 0, distanceM: 0, gaps: 0, all: 0, observed: 0 }
  const counts: LogCounts = { ...none, voxels: new Float64Array(classes), framesWith: new Float64Array(classes) }
  const inFrame = new Uint32Array(classes)
  let isFirst = true
  for await (const { egoMotion, semantics, observed } of dataset.frames(logId)) {
    if (egoMotion) {
      counts.motions++
      counts.durationS += egoMotion.dtS
      counts.distanceM += Math.hypot(egoMotion.dxM, egoMotion.dyM)
    } else if (!isFirst) counts.gaps++
    isFirst = false
    inFrame.fill(0)
    for (let voxel = 0; voxel < size; voxel++) if (bitAt(observed, voxel)) inFrame[semantics[voxel]]++
    counts.all += size
    inFrame.forEach((voxels, label) => {
      counts.observed += voxels
      counts.voxels[label] += voxels
      if (voxels > 0) counts.framesWith[label]++
    })
  }
  return counts
}

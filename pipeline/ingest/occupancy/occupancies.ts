import { DataError } from '../../errors.js'
import { frameTimes, nearestIndex } from '../frameTimes.js'
import type { RawLog } from '../reader.js'
import { boxOccupancy } from './boxOccupancy.js'
import { lidarOccupancy } from './lidarOccupancy.js'
import type { OccupancyMethod } from './occupancyMethod.js'
import { voxelOccupancy } from './voxelOccupancy.js'

export const occupancies = { voxels: voxelOccupancy, lidar: lidarOccupancy, boxes: boxOccupancy } satisfies Record<
  string,
  OccupancyMethod
>

export type OccupancyName = keyof typeof occupancies

/** A frame has a sweep when one was taken within this share of the frame period. */
const nearSweepShare = 0.25

/**
 * The method for a log: `voxels` when it ships some; else `lidar` when sweeps cover at least half of the frames that sweeps and annotated times together
 * would make at the frame rate, else `boxes`. Throws DataError when it has none.
 */
export function chooseOccupancy(log: RawLog, frameRateHz: number): OccupancyName {
  const { sweeps, boxes, voxels } = log
  if (voxels) return 'voxels'
  if (!sweeps && !boxes) throw new DataError('the log has neither voxels nor sweeps nor boxes', { file: log.dir })
  if (!sweeps || !boxes) return sweeps ? 'lidar' : 'boxes'
  const frames = frameTimes(Float64Array.from([...sweeps.timesNs, ...boxes.timesNs]).sort(), frameRateHz)
  const nearNs = (nearSweepShare * 1e9) / frameRateHz
  const covered = frames.filter((timeNs) => {
    const sweep = sweeps.timesNs[nearestIndex(sweeps.timesNs, timeNs)]
    return Math.abs(sweep - timeNs) <= nearNs
  })
  return 2 * covered.length >= frames.length ? 'lidar' : 'boxes'
}

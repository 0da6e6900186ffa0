import { existsSync } from 'node:fs'
import type { Reader } from '../reader.js'
import { driveLog, isDrive, openDrive } from './drive.js'
import { odometryLog, openOdometry } from './odometry.js'
import { isPosesFolder, sequenceKind } from './sequence.js'

/**
 * KITTI (Geiger et al. 2013, https://doi.org/10.1177/0278364913491297): a sequence of the odometry benchmark, or a drive
 * of the raw recordings (synced). The ego frame is the Velodyne's: x forward, y left, z up.
 */
export const kitti: Reader = {
  recognises: async (path) => existsSync(path) && (isDrive(path) || sequenceKind(path) === 'plain'),
  owns: isPosesFolder,
  logs: async (path) => [isDrive(path) ? await driveLog(path) : await odometryLog(path)],
  // Drives of a day share a calibration file, so a drive is a part; a sequence is not.
  open: (source, fill, skips) =>
    source.part === undefined ? openOdometry(source, fill, skips) : openDrive(source, fill, skips),
}

import { basename, join } from 'node:path'
import { DataError } from '../../errors.js'
import { epochForms, epochNs } from '../files/decimalNs.js'
import { readTimes } from '../files/timesTable.js'
import type { PoseColumns } from '../usablePoses.js'
import type { LidarFolder } from './layout.js'

export interface TimedScan {
  /** Below the log's folder. */
  file: string
  /** On the poses' clock. */
  timestampNs: bigint
}

/**
 * When each scan of a LiDAR was taken: by the `times.txt` or `times.csv` beside them, one a scan in the natural order of
 * their names; else by names that are times; else, when there are as many poses as scans, by the poses. Sorted by time.
 * Throws DataError that says which of these to provide, and for two scans of one time.
 */
export async function timeScans(dir: string, lidar: LidarFolder, poses: PoseColumns): Promise<TimedScan[]> {
  const { scans, folder, timesFiles } = lidar
  const times = await timesOf(dir, lidar, poses)
  const timed = scans.map((file, i) => ({ file, timestampNs: times[i] }))
  // Only names may be out of order: those of other times need not sort as their values do.
  timed.sort((a, b) => (a.timestampNs < b.timestampNs ? -1 : a.timestampNs > b.timestampNs ? 1 : 0))
  const again = timed.findIndex(({ timestampNs }, i) => i > 0 && timestampNs === timed[i - 1].timestampNs)
  if (again < 0) return timed
  throw new DataError('two scans of one time', {
    file: join(dir, timesFiles[0] ?? folder),
    place: `${basename(timed[again - 1].file)} and ${basename(timed[again].file)}`,
    actual: `${timed[again].timestampNs} ns`,
  })
}

async function timesOf(dir: string, lidar: LidarFolder, poses: PoseColumns): Promise<readonly bigint[]> {
  const { scans, folder, timesFiles } = lidar
  if (timesFiles.length > 0) return await timesBeside(dir, lidar)
  const named = scans.map((file) => nameNs(stemOf(file)))
  if (!named.includes(null)) return named as bigint[]
  if (poses.timestampNs.length === scans.length) return [...poses.timestampNs]
  const odd = scans[named.indexOf(null)]
  throw new DataError('the times of the scans are not known', {
    file: join(dir, folder),
    place: basename(odd),
    expected: `times.txt or times.csv beside them, one time a scan; or names that are ${epochForms}; or as many poses as scans`,
    actual: `neither file, this name, and ${poses.timestampNs.length} poses for ${scans.length} scans`,
  })
}

async function timesBeside(dir: string, { scans, folder, timesFiles }: LidarFolder): Promise<bigint[]> {
  if (timesFiles.length > 1)
    throw new DataError('two lists of times', { file: join(dir, folder), actual: timesFiles.join(' and ') })
  const file = join(dir, timesFiles[0])
  const times = await readTimes(file)
  if (times.length !== scans.length)
    throw new DataError('not one time a scan', {
      file,
      expected: `${scans.length}, the scans beside it`,
      actual: `${times.length}`,
    })
  const late = times.findIndex((time, i) => i > 0 && time <= times[i - 1])
  if (late >= 0)
    throw new DataError('times of scans do not increase', {
      file,
      place: `time ${late}, of ${basename(scans[late])}`,
      expected: `more than ${times[late - 1]} ns`,
      actual: `${times[late]} ns`,
    })
  return times
}

/** Without its ending; `.pcd.bin` is one. */
function stemOf(file: string): string {
  return basename(file).replace(/(\.pcd)?\.[^.]+$/i, '')
}

/** A time behind other words, in a form that is nothing else: no counter has as many digits. */
const timeAtEnd = /[^\d.]([1-9]\d{9}\.\d+|[1-9]\d{12}|[1-9]\d{15}|[1-9]\d{17,18})$/
/** Seconds and ns of a ROS stamp, as recorders of the Newer College and Oxford Spires datasets name clouds. */
const stampAtEnd = /(?:^|[^\d.])([1-9]\d{9})_(\d{9})$/

/** The time that a name is, or ends with. Null where it says none. */
function nameNs(stem: string): bigint | null {
  const [, s, ns] = stampAtEnd.exec(stem) ?? []
  if (ns) return epochNs(`${s}.${ns}`)
  return epochNs(timeAtEnd.exec(stem)?.[1] ?? stem)
}

import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DataError } from '../../errors.js'
import { filesBelow } from '../../hash.js'
import { invert } from '../../pose.js'
import { headOf, logFileName, readLogFile } from '../logFile.js'
import type { PoseTrack } from '../poseTrack.js'
import { type Fill, type HashedLog, type LogSource, type RawLog, sourceOf } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'
import { CalibrationFile } from './calibrationFile.js'
import { numberedFiles } from './numberedFiles.js'
import { readOxts } from './oxts.js'
import { halfTurnNs, Scans, type Turn, usableScans, velodyne } from './scans.js'
import { Tracklets } from './tracklets.js'
import { readWallClock } from './wallClock.js'

const calibFile = 'calib_imu_to_velo.txt'
const trackletFile = 'tracklet_labels.xml'
const [scanFolder, oxtsFolder] = ['velodyne_points/', 'oxts/']
const wanted = [
  /^velodyne_points\/timestamps(_start|_end)?\.txt$/,
  /^velodyne_points\/data\/\d+\.bin$/,
  /^oxts\/timestamps\.txt$/,
  /^oxts\/data\/\d+\.txt$/,
]

/** Whether a folder is a drive of KITTI's raw recordings, `<date>/<date>_drive_NNNN_sync`. */
export function isDrive(dir: string): boolean {
  return [scanFolder, oxtsFolder].some((folder) => existsSync(join(dir, folder, 'data')))
}

/** The calibration lies one folder up, where all drives of the day share it: that is the log's folder. */
export async function driveLog(dir: string): Promise<LogSource> {
  const [root, drive] = [dirname(dir), basename(dir)]
  const log = await readLogFile(dir)
  const folders = [scanFolder, oxtsFolder].filter((folder) => existsSync(join(dir, folder)))
  const below = await Promise.all(
    folders.map(async (folder) => (await filesBelow(join(dir, folder))).map((file) => folder + file)),
  )
  const files = [logFileName, trackletFile]
    .filter((file) => existsSync(join(dir, file)))
    .concat(below.flat().filter((file) => wanted.some((pattern) => pattern.test(file))))
    .map((file) => `${drive}/${file}`)
  const calib = existsSync(join(root, calibFile)) ? [calibFile] : []
  return { logId: log?.log_id ?? drive, dir: root, files: [...calib, ...files].sort(), part: drive }
}

/**
 * Opens a drive. Its scans are as the moving scanner saw them; they are rid of the ego motion with the drive's own poses.
 * Throws DataError for a file that is missing or damaged, and for an identity that nobody says.
 */
export async function openDrive(source: HashedLog, fill: Fill, skips: SkipCounter): Promise<RawLog> {
  const { dir: root, files, part: drive = '', logId } = source
  const dir = join(root, drive)
  const needed = (file: string, expected = 'this file'): string => {
    if (!files.includes(file)) throw new DataError('the drive is not complete', { file: join(root, file), expected })
    return join(root, file)
  }
  const log = await readLogFile(dir)
  const veloFromImu = (
    await CalibrationFile.read(needed(calibFile, `this file of ${basename(root)}_calib.zip`))
  ).rotationAndTranslation()
  const oxtsClock = await readWallClock(needed(`${drive}/${oxtsFolder}timestamps.txt`))
  const records = numberedFiles(files, `${drive}/${oxtsFolder}data/`, '.txt')
  const poses = await readOxts(root, records, oxtsClock.timestampsNs, invert(veloFromImu), skips)
  needed(`${drive}/${scanFolder}timestamps.txt`)
  const turns = await readTurns(source, poses)
  const scanFiles = numberedFiles(files, `${drive}/${scanFolder}data/`, '.bin')
  const scans = await usableScans(root, scanFiles, (number) => turns.get(number) ?? null, skips)
  const tracklets = `${drive}/${trackletFile}`
  const boxes = files.includes(tracklets)
    ? await Tracklets.read(join(root, tracklets), tracklets, sourceOf(source, tracklets), turns, skips)
    : null
  if (scans.length === 0 && !boxes) throw noScan(join(dir, scanFolder, 'data'))
  const implied = { rigId: log?.rig_id ?? 'kitti', routeId: log?.route_id ?? drive, date: oxtsClock.date }
  return {
    ...{ dir, poses, boxes, sensors: [velodyne], voxels: null, map: null },
    head: headOf(dir, { logId, ...implied, vocabulary: 'kitti' }, log, fill),
    sweeps: scans.length > 0 ? new Scans(source, scans, { labels: null, deskewWith: poses }, skips) : null,
  }
}

function noScan(file: string): DataError {
  const expected = '.bin files, as the synced drives have them (_sync); those of _extract drives are text'
  return new DataError('no scan that can be used', { file, expected })
}

/** When each scan was taken, by frame number; half a turn around facing forward where a drive has no starts and ends. */
async function readTurns({ dir, files, part }: HashedLog, poses: PoseTrack): Promise<Map<number, Turn>> {
  const clock = async (name: string) => {
    const file = `${part}/${scanFolder}${name}.txt`
    return files.includes(file) ? (await readWallClock(join(dir, file))).timestampsNs : null
  }
  const [forwards, starts, ends] = [
    await clock('timestamps'),
    await clock('timestamps_start'),
    await clock('timestamps_end'),
  ]
  const turns = new Map<number, Turn>()
  for (const [number, forwardNs] of forwards ?? []) {
    const after = (edges: ReadonlyMap<number, bigint> | null, otherwise: number) => {
      const edgeNs = edges?.get(number)
      return edgeNs === undefined ? otherwise : Number(edgeNs - forwardNs)
    }
    const [startNs, endNs] = [after(starts, -halfTurnNs), after(ends, halfTurnNs)]
    turns.set(number, { timeNs: poses.timeNs(forwardNs), startNs, endNs })
  }
  return turns
}

import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DataError } from '../../errors.js'
import { filesBelow } from '../../hash.js'
import { sensorRotation } from '../checks/extrinsics.js'
import { Feather } from '../files/feather.js'
import { headOf, type LogFile, logFileName, readLogFile, type SourceWords } from '../logFile.js'
import { PoseTrack } from '../poseTrack.js'
import { type Reader, type Sensor, sourceOf } from '../reader.js'
import { Annotations } from './annotations.js'
import { mapFilesOf, readMap } from './map.js'
import { isSweep, Sweeps } from './sweeps.js'

const poseFile = 'city_SE3_egovehicle.feather'
const annotationFile = 'annotations.feather'
const calibrationFile = 'calibration/egovehicle_SE3_sensor.feather'
const sweepFolder = 'sensors/lidar'

/**
 * The fleet of `occlab simulate`, whose boxes are where things were at the sweep's time. Argoverse 2's own were drawn
 * around the points as they came: of a car at 10 m/s met 85 ms into the sweep, all 178 points that its annotation
 * counts lie in the box as they are, and 54 when the motion is undone.
 */
const simulatedFleet = 'occlab-sim'

/**
 * The layout of the Argoverse 2 sensor dataset (Wilson et al. 2021, https://arxiv.org/abs/2301.00493): one folder a
 * log, with LiDAR, with boxes only, or both. A `log.json` may add who, where and when.
 */
export const argoverse2: Reader = {
  recognises: async (dir) => [poseFile, annotationFile, sweepFolder].some((name) => existsSync(join(dir, name))),

  async logs(dir) {
    const log = await readLogFile(dir)
    const folders = ['calibration', 'map', sweepFolder].filter((folder) => existsSync(join(dir, folder)))
    const below = await Promise.all(
      folders.map(async (folder) => (await filesBelow(join(dir, folder))).map((file) => `${folder}/${file}`)),
    )
    const files = [logFileName, poseFile, annotationFile]
      .filter((file) => existsSync(join(dir, file)))
      .concat(below.flat().filter(isRead))
      .sort()
    return [{ logId: log?.log_id ?? basename(dir), dir, files }]
  },

  async open(source, fill, skips) {
    const { dir, files } = source
    const log = await readLogFile(dir)
    const mapFiles = mapFilesOf(files)
    const head = headOf(dir, wordsOf(source.logId, log, mapFiles.archive), log, fill)
    const poses = await readPoses(dir)
    const sensors = files.includes(calibrationFile) ? await readSensors(dir) : []
    const path = join(dir, annotationFile)
    const boxes = files.includes(annotationFile)
      ? await Annotations.read(path, dir, sourceOf(source, annotationFile), poses, skips, log?.fleet === simulatedFleet)
      : null
    const sweeps = await Sweeps.open(source, sensors, poses, skips)
    // With neither a description nor category names, the layout itself is the only word on the vocabulary.
    const vocabulary = head.vocabulary ?? (log || boxes ? null : 'argoverse2')
    const map = await readMap(dir, mapFiles)
    return { dir, head: { ...head, vocabulary }, poses, sensors, sweeps, boxes, voxels: null, map }
  },
}

/**
 * What the layout implies for a plain Argoverse 2 log: its one rig, the city in the map's name, the log as its own
 * route. A log with a description of its own may come from anywhere: there the layout implies nothing.
 */
function wordsOf(logId: string, log: LogFile | null, mapFile: string | null): SourceWords {
  const city = cityOf(mapFile)
  if (log) return { logId, mapVersion: log.map_version ?? city?.mapVersion }
  return { logId, siteId: city?.site, routeId: logId, rigId: 'argoverse2', mapVersion: city?.mapVersion }
}

/** City and map of a plain log, from its map's name: `log_map_archive_<log>____PIT_city_47896.json`. */
export function cityOf(mapFile: string | null): { site: string; mapVersion: string } | null {
  const match = mapFile?.match(/____((.+)_city_\d+)\.json$/)
  return match ? { site: match[2], mapVersion: match[1] } : null
}

/** Not what is hidden: copies by a Mac leave a `._` beside each file. */
function isRead(file: string): boolean {
  if (basename(file).startsWith('.')) return false
  return file === calibrationFile || isSweep(file) || Object.values(mapFilesOf([file])).includes(file)
}

async function readPoses(dir: string): Promise<PoseTrack> {
  const file = join(dir, poseFile)
  if (!existsSync(file)) throw new DataError('the log has no poses', { file, expected: 'this file' })
  const table = await Feather.read(file)
  return new PoseTrack({
    file,
    timestampNs: table.int64('timestamp_ns'),
    q: ['qw', 'qx', 'qy', 'qz'].map((name) => table.numbersIfAny(name)),
    t: ['tx_m', 'ty_m', 'tz_m'].map((name) => table.numbersIfAny(name)),
  })
}

/** Throws FindingError for a mounting that is no rotation. */
async function readSensors(dir: string): Promise<Sensor[]> {
  const table = await Feather.read(join(dir, calibrationFile))
  const names = table.text('sensor_name')
  const [qw, qx, qy, qz, tx, ty, tz] = ['qw', 'qx', 'qy', 'qz', 'tx_m', 'ty_m', 'tz_m'].map((n) => table.float64(n))
  return names.map((sensorName, row) => {
    const at = { dir, file: calibrationFile, place: `row ${row}, sensor ${sensorName}` }
    const q = sensorRotation([qw[row], qx[row], qy[row], qz[row]], at)
    return { sensorName, egoFromSensor: { q, t: [tx[row], ty[row], tz[row]] } }
  })
}

import { statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DataError } from '../../errors.js'
import { compose, invert } from '../../pose.js'
import { readPosesTable } from '../files/posesTable.js'
import { unlabelled } from '../labels.js'
import { headOf, readLogFile, type SourceWords } from '../logFile.js'
import { PoseTrack } from '../poseTrack.js'
import type { Reader, Sensor } from '../reader.js'
import type { PoseColumns } from '../usablePoses.js'
import { type Description, descriptionFileName } from './description.js'
import { binColumns } from './floatScan.js'
import { endingOf, type LidarFolder, layoutOf, looksLikeScans, poseFileOf, scanEndings } from './layout.js'
import { timeScans } from './scanTimes.js'
import { type LidarScans, ScanSweeps } from './sweeps.js'

/**
 * A plain folder of LiDAR scans (`.pcd`, `.bin`, `.npy`, `.las`, `.laz`) with a table of poses; a `scans.json` may say
 * what the files do not. `docs/formats.md` has the rules.
 */
export const scans: Reader = {
  recognises: async (path) => isFolder(path) && (await looksLikeScans(path)),

  async logs(dir) {
    const log = await readLogFile(dir)
    const { files } = await layoutOf(dir)
    return [{ logId: log?.log_id ?? basename(dir), dir, files }]
  },

  async open(source, fill, skips) {
    const { dir } = source
    const layout = await layoutOf(dir)
    const { description, lidars } = layout
    const head = headOf(dir, wordsOf(source.logId, description), await readLogFile(dir), fill)
    const columns = await readPosesTable(join(dir, poseFileOf(dir, layout)))
    const sensors = lidars.map(({ sensor }) => sensor)
    const poses = new PoseTrack(cityFromEgo(columns, description, sensors))
    const timed: LidarScans[] = []
    for (const lidar of lidars)
      timed.push({
        sensor: lidar.sensor,
        scans: await timeScans(dir, lidar, columns),
        columns: await columnsOf(dir, lidar),
      })
    const sweeps = new ScanSweeps(source, timed, poses, description, skips)
    return { dir, head, poses, sensors, sweeps, boxes: null, voxels: null, map: null }
  },
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function wordsOf(logId: string, { labels }: Description): SourceWords {
  return { logId, vocabulary: labels ? labels.vocabulary : unlabelled }
}

/** Poses of a sensor become the ego's. Rows that are no poses stay so: they are for the track to leave out. */
function cityFromEgo(columns: PoseColumns, { pose_of }: Description, sensors: readonly Sensor[]): PoseColumns {
  const sensor = sensors.find(({ sensorName }) => sensorName === pose_of)
  if (pose_of === 'ego' || !sensor) return columns
  const sensorFromEgo = invert(sensor.egoFromSensor)
  const [q, t] = [columns.q.map((column) => column.slice()), columns.t.map((column) => column.slice())]
  for (let row = 0; row < columns.timestampNs.length; row++) {
    const [w, x, y, z] = q.map((column) => column[row])
    if (!(Math.abs(Math.hypot(w, x, y, z) - 1) < 0.01)) continue
    const pose = compose({ q: [w, x, y, z], t: [t[0][row], t[1][row], t[2][row]] }, sensorFromEgo)
    for (const [i, column] of q.entries()) column[row] = pose.q[i]
    for (const [i, column] of t.entries()) column[row] = pose.t[i]
  }
  return { ...columns, q, t }
}

/** What stands in a point, for the formats that do not say. Throws DataError for no scans, or scans of several formats. */
async function columnsOf(
  dir: string,
  { folder, scans: files, columns }: LidarFolder,
): Promise<readonly string[] | null> {
  const endings = [...new Set(files.map(endingOf))]
  if (endings.length !== 1)
    throw new DataError(endings.length === 0 ? 'no scans' : 'scans of several formats in one folder', {
      file: join(dir, folder),
      expected: `files of one of ${scanEndings.join(', ')}; for several LiDARs, a folder each and "lidars" in ${descriptionFileName}`,
      actual: endings.join(', ') || 'none',
    })
  return columns ?? (endings[0] === 'bin' ? await binColumns(dir, files) : null)
}

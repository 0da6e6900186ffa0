import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DataError } from '../../errors.js'
import { filesBelow } from '../../hash.js'
import { compose, invert, type Pose } from '../../pose.js'
import { numberOf, readTextRows } from '../files/textRows.js'
import { readTimes } from '../files/timesTable.js'
import { logFileName } from '../logFile.js'
import { PoseTrack } from '../poseTrack.js'
import type { HashedLog, LogSource } from '../reader.js'
import { quaternionFromMatrix } from '../rotation.js'
import { CalibrationFile } from './calibrationFile.js'
import { numberedFiles } from './numberedFiles.js'
import { poseColumns } from './poseColumns.js'
import { halfTurnNs, type Turn } from './scans.js'

const [calibFile, timesFile, posesFile] = ['calib.txt', 'times.txt', 'poses.txt']

/** Whether a folder is a sequence as KITTI's odometry benchmark lays one out, plain or with SemanticKITTI's labels. */
export function sequenceKind(dir: string): 'plain' | 'labelled' | null {
  const isFolder = (name: string) => statSync(join(dir, name), { throwIfNoEntry: false })?.isDirectory() ?? false
  if (![calibFile, timesFile, posesFile].some((name) => existsSync(join(dir, name)))) return null
  if (isFolder('labels') || isFolder('voxels')) return 'labelled'
  return isFolder('velodyne') ? 'plain' : null
}

/** Whether a folder is that of the poses of all sequences, beside `sequences/`: no log, and none that is missing. */
export function isPosesFolder(dir: string): boolean {
  return basename(dir) === 'poses' && existsSync(join(dirname(dir), 'sequences'))
}

/**
 * The files of a sequence. `wanted` are patterns of paths below its folder. Poses stand in its `poses.txt` (SemanticKITTI)
 * or in `poses/NN.txt` beside `sequences/` (KITTI), and then the log's folder is the one above both.
 */
export async function sequenceFiles(dir: string, wanted: readonly RegExp[]): Promise<Pick<LogSource, 'dir' | 'files'>> {
  const folders = ['velodyne', 'labels', 'voxels'].filter((folder) => existsSync(join(dir, folder)))
  const below = await Promise.all(
    folders.map(async (folder) => (await filesBelow(join(dir, folder))).map((file) => `${folder}/${file}`)),
  )
  const files = [logFileName, calibFile, timesFile, posesFile]
    .filter((file) => existsSync(join(dir, file)))
    .concat(below.flat().filter((file) => wanted.some((pattern) => pattern.test(file))))
  const name = basename(dir)
  const root = dirname(dirname(dir))
  const outer = `poses/${name}.txt`
  const isOuter = basename(dirname(dir)) === 'sequences' && !files.includes(posesFile) && existsSync(join(root, outer))
  if (!isOuter) return { dir, files: files.sort() }
  return { dir: root, files: [outer, ...files.map((file) => `sequences/${name}/${file}`)].sort() }
}

/** A sequence with its clock and its poses. */
export interface Sequence {
  /** Its folder, where a `log.json` would be. */
  folder: string
  /** The name of that folder, `00` to `21` in the benchmark. */
  name: string
  poses: PoseTrack
  /** Numbered files of a folder of the sequence, in order, as paths below the log's folder. */
  numbered(folder: string, ending: string): Map<number, string>
  /** When the scan of a number was taken; null without a row for it. */
  turnOf(number: number): Turn | null
}

/**
 * Opens a sequence: `times.txt` has a time a scan, in seconds since the sequence's start, and no date is known, so
 * timestamps count from 0. The poses take camera 0 to its first place; `Tr` of `calib.txt` takes the LiDAR to camera 0,
 * and with it they become the ego's (the LiDAR's), in the frame of its first place. Some copies of `calib.txt` lack `Tr`;
 * another sequence's need not be right, so such a sequence is refused.
 *
 * Throws DataError for a file that is missing or damaged, and for another number of poses than times.
 */
export async function openSequence({ dir, files }: HashedLog): Promise<Sequence> {
  const outer = files.find((file) => /^poses\/[^/]+\.txt$/.test(file))
  const prefix = outer ? `sequences/${basename(outer, '.txt')}/` : ''
  const folder = join(dir, prefix)
  for (const name of [calibFile, timesFile]) needed(folder, name, files.includes(prefix + name))
  needed(folder, posesFile, outer !== undefined || files.includes(posesFile))
  const lidarToCamera = (await CalibrationFile.read(join(folder, calibFile))).matrix('Tr')
  const timestampsNs = await readTimes(join(folder, timesFile))
  const poses = await readPoses(join(dir, outer ?? posesFile), timestampsNs, lidarToCamera)
  return {
    folder,
    name: basename(folder),
    poses,
    numbered: (inner, ending) => numberedFiles(files, `${prefix}${inner}/`, ending),
    turnOf: (number) =>
      number < timestampsNs.length
        ? { timeNs: poses.timeNs(timestampsNs[number]), startNs: -halfTurnNs, endNs: halfTurnNs }
        : null,
  }
}

function needed(folder: string, name: string, isThere: boolean): void {
  if (isThere) return
  const expected =
    name === posesFile ? 'this file, or poses/NN.txt beside sequences/' : 'this file of data_odometry_calib.zip'
  throw new DataError('the sequence is not complete', { file: join(folder, name), expected })
}

async function readPoses(file: string, timestampsNs: readonly bigint[], cameraFromLidar: Pose): Promise<PoseTrack> {
  const rows = await readTextRows(file)
  if (rows.length !== timestampsNs.length)
    throw new DataError('not one pose a time', {
      file,
      expected: `${timestampsNs.length} rows, as in ${timesFile}`,
      actual: `${rows.length}`,
    })
  const lidarFromCamera = invert(cameraFromLidar)
  const poses = rows.map(({ text, line }): Pose | null => {
    const words = text.split(/\s+/)
    if (words.length !== 12) {
      const [expected, actual] = ['12 numbers', `${words.length}`]
      throw new DataError('a row of another length', { file, place: `line ${line}`, expected, actual })
    }
    const m = words.map((word) => numberOf(word, file, line))
    const q = quaternionFromMatrix([m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]])
    return q && compose(compose(lidarFromCamera, { q, t: [m[3], m[7], m[11]] }), cameraFromLidar)
  })
  return new PoseTrack(poseColumns(file, timestampsNs, poses))
}

import { basename } from 'node:path'
import { headOf, type LogFile, readLogFile } from '../logFile.js'
import type { Fill, HashedLog, LogSource, RawLog } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'
import { Scans, usableScans, velodyne } from './scans.js'
import { openSequence, sequenceFiles } from './sequence.js'

/**
 * A sequence of KITTI's odometry benchmark (Geiger, Lenz & Urtasun 2012, https://doi.org/10.1109/CVPR.2012.6248074). Its
 * scans have been rid of the ego motion by its makers: nothing is de-skewed, and a point's time only says where its ray
 * started.
 */
export async function odometryLog(dir: string): Promise<LogSource> {
  const log = await readLogFile(dir)
  return { logId: log?.log_id ?? `kitti-${basename(dir)}`, ...(await sequenceFiles(dir, [/^velodyne\/\d+\.bin$/])) }
}

/** Throws DataError for what `openSequence` throws and for an identity that nobody says. */
export async function openOdometry(source: HashedLog, fill: Fill, skips: SkipCounter): Promise<RawLog> {
  const sequence = await openSequence(source)
  const log = await readLogFile(sequence.folder)
  const words = { logId: source.logId, ...impliedBy(sequence.name, log) }
  const head = headOf(sequence.folder, { ...words, vocabulary: 'kitti' }, log, fill)
  const scans = await usableScans(source.dir, sequence.numbered('velodyne', '.bin'), sequence.turnOf, skips)
  const sweeps = new Scans(source, scans, { labels: null, deskewWith: null }, skips)
  const { folder: dir, poses } = sequence
  return { dir, head, poses, sensors: [velodyne], sweeps, boxes: null, voxels: null, map: null }
}

/**
 * What the layout implies unless a `log.json` says otherwise: the one car, and the sequence as its own route. KITTI's and
 * SemanticKITTI's copy of a sequence are one drive and get one route, so that a split by route does not part them.
 */
export function impliedBy(sequence: string, log: LogFile | null): { rigId: string; routeId: string } {
  return { rigId: log?.rig_id ?? 'kitti', routeId: log?.route_id ?? `kitti-sequence-${sequence}` }
}

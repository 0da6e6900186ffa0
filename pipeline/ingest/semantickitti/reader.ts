import { basename } from 'node:path'
import { DataError } from '../../errors.js'
import { impliedBy } from '../kitti/odometry.js'
import { Scans, usableScans, velodyne } from '../kitti/scans.js'
import { isPosesFolder, openSequence, type Sequence, sequenceFiles, sequenceKind } from '../kitti/sequence.js'
import { headOf, readLogFile } from '../logFile.js'
import type { HashedLog, Reader, SweepSource } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'
import { ScanLabels } from './scanLabels.js'
import { Voxels } from './voxels.js'

const wanted = [/^velodyne\/\d+\.bin$/, /^labels\/\d+\.label$/, /^voxels\/\d+\.(bin|label|invalid|occluded)$/]

/**
 * SemanticKITTI (Behley et al. 2019, https://arxiv.org/abs/1904.01416): a sequence of KITTI's odometry benchmark with
 * labels of points, with voxel grids, or both. The ego frame is the Velodyne's: x forward, y left, z up.
 */
export const semantickitti: Reader = {
  recognises: async (path) => sequenceKind(path) === 'labelled',
  owns: isPosesFolder,

  async logs(path) {
    const log = await readLogFile(path)
    return [{ logId: log?.log_id ?? `semantickitti-${basename(path)}`, ...(await sequenceFiles(path, wanted)) }]
  },

  async open(source, fill, skips) {
    const sequence = await openSequence(source)
    const { folder: dir, poses, numbered, turnOf } = sequence
    const log = await readLogFile(dir)
    const words = { logId: source.logId, ...impliedBy(sequence.name, log), vocabulary: 'semantickitti' }
    const head = headOf(dir, words, log, fill)
    const sweeps = await readSweeps(source, sequence, skips)
    const timeOf = (number: number) => turnOf(number)?.timeNs ?? null
    const voxels = await Voxels.open(source, (ending) => numbered('voxels', ending), timeOf, skips)
    if (!sweeps && !voxels)
      throw new DataError('neither a scan nor a voxel grid that can be used', {
        file: dir,
        expected: 'velodyne/ or voxels/',
      })
    return { dir, head, poses, sensors: [velodyne], sweeps, boxes: null, voxels, map: null }
  },
}

async function readSweeps(source: HashedLog, sequence: Sequence, skips: SkipCounter): Promise<SweepSource | null> {
  const [scanFiles, labelFiles] = [sequence.numbered('velodyne', '.bin'), sequence.numbered('labels', '.label')]
  const scans = await usableScans(source.dir, scanFiles, sequence.turnOf, skips)
  const labelsOf = new Map<string, string>()
  const strays: string[] = []
  for (const [number, labels] of labelFiles) {
    const scan = scanFiles.get(number)
    if (scan) labelsOf.set(scan, labels)
    else strays.push(labels)
  }
  const matched = await ScanLabels.match(source.dir, scans, labelsOf, strays, skips)
  if (matched.scans.length === 0) return null
  return new Scans(source, matched.scans, { labels: matched.labels, deskewWith: null }, skips)
}

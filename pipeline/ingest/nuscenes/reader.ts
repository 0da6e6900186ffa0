import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DataError } from '../../errors.js'
import { headOf, logFileName, readLogFile, type SourceWords } from '../logFile.js'
import { PoseTrack } from '../poseTrack.js'
import type { HashedLog, LogSource, Reader, Sensor } from '../reader.js'
import { Boxes } from './boxes.js'
import { mapFilesFor, readMap } from './map.js'
import type { PoseRow } from './rows.js'
import { type Scene, type TableName, tableNames } from './scenes.js'
import { Sweeps } from './sweeps.js'
import { Tables } from './tables.js'
import { nsOf } from './time.js'
import { Occ3dVoxels, voxelFile } from './voxels.js'

/** Of the nuScenes dataset, and so of Occ3D-nuScenes, unless a `log.json` beside it says otherwise. */
export const license = 'CC BY-NC-SA 4.0'

/**
 * nuScenes (Caesar et al. 2020, https://arxiv.org/abs/1903.11027): a folder with tables (`v1.0-…/*.json`) and the
 * files they name. Each scene of 20 s is a log. What of the files is there is read: LiDAR turns, lidarseg labels, the
 * map expansion, and Occ3D's voxels in `gts` or `<any folder>/gts` below it.
 */
export const nuscenes: Reader = {
  recognises: async (dir) => versionsIn(dir).length > 0,

  async logs(dir) {
    const found = new Map<string, LogSource>()
    const disk = new Disk(dir)
    for (const version of versionsIn(dir)) {
      const tables = await Tables.of(join(dir, version))
      for (const scene of tables.scenes) {
        // The scenes of `mini` are in `trainval` as well.
        if (found.has(scene.row.token)) continue
        const files = [...new Set(await filesOf(disk, version, tables, scene))].sort()
        found.set(scene.row.token, { logId: scene.row.name, dir, files, part: scene.row.name })
      }
    }
    return [...found.values()]
  },

  async open(source, fill, skips) {
    const { dir, files } = source
    const { tables, scene, version } = await sceneOf(source)
    const log = await readLogFile(dir)
    const words = { ...wordsOf(source.logId, scene), license: log?.license ?? license }
    const head = headOf(dir, words, log, fill)
    const poses = trackOf(join(dir, version, 'ego_pose.json'), await tables.poses(scene))
    const mapFile = mapFilesFor(scene.log.location).find((file) => files.includes(file))
    // Where there are grids of other scenes, those of this one are missed.
    const hasGrids = new Disk(dir).gts().length > 0
    return {
      dir,
      head,
      poses,
      sensors: sensorsOf(tables, scene),
      sweeps: await Sweeps.open(source, tables, scene, poses, skips),
      boxes: await Boxes.open(source, `${version}/sample_annotation.json`, tables, scene, poses, skips),
      voxels: hasGrids ? Occ3dVoxels.open(source, scene.row.name, scene.samples, poses, skips) : null,
      map: mapFile === undefined ? null : await readMap(dir, mapFile),
    }
  },
}

/**
 * Folders of tables, whole or not: `v1.0-trainval` before `v1.0-mini`. Beside others, one with the categories alone is none: that
 * is what the archives of lidarseg and of its panoptic labels leave for the versions that one does not have.
 */
export function versionsIn(dir: string): string[] {
  const folders = existsSync(dir) ? foldersIn(dir).filter((name) => name.startsWith('v1.0-')) : []
  const having = (tables: readonly TableName[]) =>
    folders.filter((folder) => tables.some((table) => existsSync(join(dir, folder, `${table}.json`))))
  const versions = having(tableNames.filter((table) => table !== 'category'))
  return (versions.length > 0 ? versions : having(['category'])).sort().reverse()
}

function foldersIn(dir: string): string[] {
  try {
    return readdirSync(dir)
  } catch {
    // A file, or a folder that may not be read, is no nuScenes.
    return []
  }
}

/** What lies below a root, asked by folder: a folder of sweeps has a hundred thousand files. */
class Disk {
  private readonly folders = new Map<string, ReadonlySet<string>>()

  constructor(readonly root: string) {}

  has(file: string): boolean {
    return this.names(dirname(file)).has(file.slice(file.lastIndexOf('/') + 1))
  }

  names(folder: string): ReadonlySet<string> {
    const names = this.folders.get(folder) ?? new Set(foldersIn(join(this.root, folder)))
    this.folders.set(folder, names)
    return names
  }

  /** Folders that hold Occ3D's scenes. */
  gts(): string[] {
    return ['gts', ...[...this.names('.')].sort().map((folder) => `${folder}/gts`)].filter((gts) => this.has(gts))
  }
}

/** Everything that decides what a scene's log says, as far as it is there. */
async function filesOf(disk: Disk, version: string, tables: Tables, scene: Scene): Promise<string[]> {
  const { name } = scene.row
  const sweeps = await tables.sweeps(scene)
  const labels = sweeps.flatMap(({ token }) => tables.labelFiles.get(token) ?? [])
  const gts = disk.gts().find((folder) => disk.names(folder).has(name))
  const voxels = gts === undefined ? [] : scene.samples.map(({ token }) => voxelFile(gts, name, token))
  const map = mapFilesFor(scene.log.location).find((file) => disk.has(file)) ?? []
  const data = [...sweeps.map(({ filename }) => filename), ...labels, ...voxels].filter((file) => disk.has(file))
  const tableFiles = [...tableNames, 'lidarseg'].map((table) => `${version}/${table}.json`)
  return [logFileName, ...tableFiles].filter((file) => disk.has(file)).concat(data, map)
}

async function sceneOf({ dir, files, part }: HashedLog): Promise<{ tables: Tables; scene: Scene; version: string }> {
  const file = files.find((name) => /^v1\.0-[^/]*\/scene\.json$/.test(name)) ?? ''
  const version = dirname(file)
  const tables = await Tables.of(join(dir, version))
  const scene = tables.scenes.find(({ row }) => row.name === part)
  if (scene) return { tables, scene, version }
  throw new DataError('the scene has no row', { file: join(dir, file), expected: part })
}

/** The drive that scenes were cut from is their route: its scenes follow one another. */
function wordsOf(logId: string, { row, log, mapVersion }: Scene): SourceWords {
  const phrases = (row.description ?? '').split(',').map((phrase) => phrase.trim().toLowerCase())
  return {
    logId,
    siteId: log.location,
    routeId: log.logfile,
    rigId: log.vehicle,
    mapVersion,
    // Only what a phrase of the description says by itself: "after rain" is not rain.
    weather: phrases.some((phrase) => /^((light|heavy) )?rain$/.test(phrase)) ? 'rain' : null,
    timeOfDay: phrases.includes('night') ? 'night' : null,
    date: /^\d{4}-\d{2}-\d{2}$/.test(log.date_captured) ? log.date_captured : null,
    vocabulary: 'nuscenes',
  }
}

function trackOf(file: string, rows: PoseRow[]): PoseTrack {
  rows.sort((a, b) => a.timestamp - b.timestamp)
  const column = (of: (row: PoseRow) => number) => Float64Array.from(rows, of)
  return new PoseTrack({
    file,
    timestampNs: BigInt64Array.from(rows, ({ timestamp }) => nsOf(timestamp)),
    q: [0, 1, 2, 3].map((i) => column(({ rotation }) => rotation[i])),
    t: [0, 1, 2].map((i) => column(({ translation }) => translation[i])),
  })
}

function sensorsOf(tables: Tables, scene: Scene): Sensor[] {
  const mounted = tables.mountings(scene).map(([, sensor]) => sensor)
  return mounted.sort((a, b) => (a.sensorName < b.sensorName ? -1 : Number(a.sensorName > b.sensorName)))
}

import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '../../errors.js'
import { logFileName } from '../logFile.js'
import type { Sensor } from '../reader.js'
import { voxelsFileName } from '../voxelFolder/voxels.js'
import { type Description, descriptionFileName, plainLidar, readDescription } from './description.js'

/** What a poses table may be called, where `scans.json` does not name it. */
const poseFileNames = ['poses', 'trajectory', 'odometry'].flatMap((name) =>
  ['txt', 'csv', 'tum'].map((ending) => `${name}.${ending}`),
)
/** Where scans are looked for, where `scans.json` does not say: beside the poses, or in one of these. */
const scanFolders = ['', 'scans', 'lidar', 'points', 'pointclouds', 'clouds']
export const scanEndings = ['pcd', 'bin', 'npy', 'las', 'laz']
/** Times of the scans of a folder: the file beside them. */
const timesFileNames = ['times.txt', 'times.csv']

/** The files of one log. */
export interface Layout {
  description: Description
  /** Candidates: a log has one. */
  poseFiles: readonly string[]
  lidars: readonly LidarFolder[]
  /** Every file that says something, sorted. */
  files: readonly string[]
}

export interface LidarFolder {
  sensor: Sensor
  /** Below the log's folder; '' for that itself. */
  folder: string
  /** Its scans, below the log's folder, in the natural order of their names. */
  scans: readonly string[]
  timesFiles: readonly string[]
  /** What stands in a point of `.bin` and `.npy`, where the user says. */
  columns: readonly string[] | null
}

/** Whether a folder has scans and either a poses table or a description where this reader looks for them. */
export async function looksLikeScans(dir: string): Promise<boolean> {
  if (existsSync(join(dir, descriptionFileName))) return true
  // Voxel grids with poses beside them have a description of their own.
  if (existsSync(join(dir, voxelsFileName)) || !poseFileNames.some((name) => existsSync(join(dir, name)))) return false
  for (const folder of scanFolders) if ((await scansIn(dir, folder)).length > 0) return true
  return false
}

/** Throws DataError for a description that is none, and for scans in several places. */
export async function layoutOf(dir: string): Promise<Layout> {
  const description = await readDescription(dir)
  const wanted = description.lidars ?? [{ sensor: plainLidar, folder: await scanFolderOf(dir), columns: null }]
  const present = (files: string[]) => files.filter((file) => existsSync(join(dir, file)))
  const lidars = await Promise.all(
    wanted.map(async ({ sensor, folder, columns }) => ({
      sensor,
      folder,
      scans: await scansIn(dir, folder),
      timesFiles: present(timesFileNames.map((name) => below(folder, name))),
      columns: columns ?? description.columns,
    })),
  )
  const poseFiles = present(description.poses ? [description.poses] : poseFileNames)
  const besidePoses = poseFiles.map((file) => below(file.split('/').slice(0, -1).join('/'), 'times.txt'))
  const files = [
    ...present([descriptionFileName, logFileName, ...besidePoses]),
    ...poseFiles,
    ...lidars.flatMap(({ scans, timesFiles }) => [...scans, ...timesFiles]),
  ]
  return { description, poseFiles, lidars, files: [...new Set(files)].sort() }
}

/** The log's poses table. Throws DataError when there is none, or several. */
export function poseFileOf(dir: string, { description, poseFiles }: Layout): string {
  if (poseFiles.length === 1) return poseFiles[0]
  throw new DataError('not one poses table', {
    file: dir,
    expected:
      description.poses ?? `one of ${poseFileNames.join(', ')}, or its name as "poses" in ${descriptionFileName}`,
    actual: poseFiles.join(', ') || 'none',
  })
}

async function scanFolderOf(dir: string): Promise<string> {
  const held: string[] = []
  for (const folder of scanFolders) if ((await scansIn(dir, folder)).length > 0) held.push(folder)
  if (held.length <= 1) return held[0] ?? ''
  throw new DataError('scans in several folders', {
    file: dir,
    expected: `scans in one of them, or "lidars" in ${descriptionFileName}`,
    actual: held.map((folder) => folder || '.').join(', '),
  })
}

/** The files of scans in a folder, not hidden, in natural order; none where there is no such folder. */
async function scansIn(dir: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(dir, folder), { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
    .filter(({ name }) => scanEndings.includes(endingOf(name)))
    .map(({ name }) => name)
    .sort(byNature)
    .map((name) => below(folder, name))
}

export function endingOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase()
}

function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

/** Numbers in names by their value, so that `scan_2` comes before `scan_10`; the rest letter by letter. */
export function byNature(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.match(/\d+|\D+/g) ?? [])
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = byPart(left[i], right[i])
    if (order !== 0) return order
  }
  return left.length - right.length || (a < b ? -1 : a > b ? 1 : 0)
}

function byPart(a: string, b: string): number {
  if (!/^\d/.test(a) || !/^\d/.test(b)) return a < b ? -1 : a > b ? 1 : 0
  const [x, y] = [BigInt(a), BigInt(b)]
  return x < y ? -1 : x > y ? 1 : 0
}

import type { Dataset } from '../dataset.js'
import type { LogFinding } from '../ingest/checks/findingLine.js'
import type { Manifest, Skip } from '../manifest.js'
import type { LogInfo } from '../schema.js'
import { freeIndex } from '../taxonomy.js'
import { type LogCounts, tallyLog } from './tallyLog.js'

/** What a person wants to know of a dataset before using it. Shares are 0 to 1; null is what nothing tells. */
export interface DatasetCard {
  /** The manifest's hash and the version that wrote it. */
  hash: string
  version: string
  frames: number
  logs: number
  /** Time and way from frame to frame, gaps left out. */
  durationS: number
  distanceM: number
  /** As asked for, and as the frames have it; null without two frames in a row. */
  frameRateHz: { asked: number; measured: number | null }
  /** Places where a frame does not follow the one before. */
  gaps: number
  grid: { name: string; dims: readonly [number, number, number]; voxelM: number }
  taxonomy: string
  /** Observed voxels among all, over the dataset and in the logs with the least and the most; null without a frame. */
  observedShare: { all: number; least: number; most: number } | null
  /** Free voxels among the observed ones. */
  freeShare: number | null
  tags: Record<TagName, Tally[]>
  dates: { first: string; last: string; days: number } | null
  undatedLogs: number
  /** All but `free`, in the taxonomy's order. */
  classes: ClassCount[]
  bytes: number
  findings: LogFinding[]
  skipped: Skip[]
  badLogs: { log: string; why: string }[]
  perLog: (Pick<LogInfo, 'logId' | 'rigId' | 'siteId' | 'frames'> & LogFacts)[]
}

export interface LogFacts {
  durationS: number
  distanceM: number
  gaps: number
  /** Null for a log without a frame. */
  observedShare: number | null
}

export interface Tally {
  /** Null: the source does not say. */
  name: string | null
  logs: number
  frames: number
}

export interface ClassCount {
  name: string
  colour: string
  rare: boolean
  /** Observed voxels of the class. */
  voxels: number
  /** Of the observed voxels that are not free; null when there are none. */
  share: number | null
  /** Frames and logs with at least one such voxel. */
  frames: number
  logs: number
}

const tagKeys = {
  rig: 'rigId',
  site: 'siteId',
  route: 'routeId',
  map: 'mapVersion',
  weather: 'weather',
  timeOfDay: 'timeOfDay',
  licence: 'license',
  format: 'format',
  occupancy: 'occupancy',
  vocabulary: 'vocabulary',
} as const satisfies Record<string, keyof LogInfo>

export type TagName = keyof typeof tagKeys

/**
 * Reads every frame once, one batch in memory at a time. `onLog` hears of each log that is done. Throws DataError when a
 * file of the dataset is missing or damaged.
 */
export async function datasetCard(dataset: Dataset, onLog: (logId: string) => void): Promise<DatasetCard> {
  const counts: LogCounts[] = []
  for (const { logId } of dataset.logs) {
    counts.push(await tallyLog(dataset, logId))
    onLog(logId)
  }
  const sum = (of: (log: LogCounts) => number) => counts.reduce((total, log) => total + of(log), 0)
  const { manifest, grid, taxonomy, logs } = dataset
  const { dims, voxelM, name } = grid
  const [motions, durationS, observed] = [sum((c) => c.motions), sum((c) => c.durationS), sum((c) => c.observed)]
  const free = sum((c) => c.voxels[freeIndex(taxonomy)])
  const shares = counts.flatMap((log) => observedShare(log) ?? [])
  const all = sum((c) => c.all)
  return {
    hash: manifest.hash,
    version: manifest.version,
    frames: dataset.frameCount,
    logs: logs.length,
    durationS,
    distanceM: sum((c) => c.distanceM),
    frameRateHz: { asked: manifest.details.frameRateHz as number, measured: motions > 0 ? motions / durationS : null },
    gaps: sum((c) => c.gaps),
    grid: { name, dims, voxelM },
    taxonomy: taxonomy.name,
    observedShare: all > 0 ? { all: observed / all, least: Math.min(...shares), most: Math.max(...shares) } : null,
    freeShare: observed > 0 ? free / observed : null,
    tags: tagsOf(logs),
    ...datesOf(logs),
    classes: classesOf(dataset, counts, observed - free),
    bytes: Object.values(manifest.outputs).reduce((total, { bytes }) => total + bytes, 0),
    ...warningsOf(manifest),
    perLog: logs.map(({ logId, rigId, siteId, frames }, i) => ({
      logId,
      rigId,
      siteId,
      frames,
      ...factsOf(counts[i]),
    })),
  }
}

function observedShare({ observed, all }: LogCounts): number | null {
  return all > 0 ? observed / all : null
}

function factsOf(log: LogCounts): LogFacts {
  const { durationS, distanceM, gaps } = log
  return { durationS, distanceM, gaps, observedShare: observedShare(log) }
}

/** Datasets written before ingest kept its findings have none. */
function warningsOf({ skipped, details }: Manifest): Pick<DatasetCard, 'findings' | 'skipped' | 'badLogs'> {
  const { findings = [], badLogs = [] } = details as Partial<Pick<DatasetCard, 'findings' | 'badLogs'>>
  return { findings, skipped, badLogs }
}

function tagsOf(logs: readonly LogInfo[]): Record<TagName, Tally[]> {
  const tags = Object.entries(tagKeys).map(([tag, key]) => [tag, tallied(logs, (log) => log[key])])
  return Object.fromEntries(tags)
}

/** The most frames first; what the source does not say comes last. */
function tallied(logs: readonly LogInfo[], of: (log: LogInfo) => string | null): Tally[] {
  const found = new Map<string | null, Tally>()
  for (const log of logs) {
    const name = of(log)
    const tally = found.get(name) ?? { name, logs: 0, frames: 0 }
    found.set(name, { name, logs: tally.logs + 1, frames: tally.frames + log.frames })
  }
  const order = (a: Tally, b: Tally) => b.frames - a.frames || ((a.name ?? '') < (b.name ?? '') ? -1 : 1)
  return [...found.values()].sort((a, b) => Number(a.name === null) - Number(b.name === null) || order(a, b))
}

function datesOf(logs: readonly LogInfo[]): Pick<DatasetCard, 'dates' | 'undatedLogs'> {
  const days = [...new Set(logs.flatMap(({ date }) => date ?? []))].sort()
  const undatedLogs = logs.filter(({ date }) => date === null).length
  return { dates: days.length === 0 ? null : { first: days[0], last: days.at(-1)!, days: days.length }, undatedLogs }
}

function classesOf({ taxonomy }: Dataset, counts: readonly LogCounts[], occupied: number): ClassCount[] {
  return taxonomy.classes.flatMap(({ name, colour, rare, superclass }, index) => {
    if (superclass === 'free') return []
    const voxels = counts.reduce((sum, log) => sum + log.voxels[index], 0)
    const frames = counts.reduce((sum, log) => sum + log.framesWith[index], 0)
    const logs = counts.filter((log) => log.voxels[index] > 0).length
    return [{ name, colour, rare, voxels, share: occupied > 0 ? voxels / occupied : null, frames, logs }]
  })
}

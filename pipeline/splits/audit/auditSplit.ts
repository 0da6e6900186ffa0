import { join } from 'node:path'
import { type Dataset, openDataset } from '../../dataset.js'
import { UsageError } from '../../errors.js'
import { hashInput, type Manifest } from '../../manifest.js'
import { progress } from '../../progress.js'
import { runStage, type Work, writeAtomically } from '../../stage.js'
import { findLeaks } from '../findLeaks.js'
import { limitsOf } from '../leakRules.js'
import { type Part, parts } from '../part.js'
import { readSplit } from '../readSplit.js'
import { type LogTrack, readTracks } from '../tracks.js'
import { type AuditedTrack, auditedTracks, framesByPart } from './auditedTracks.js'
import { type AuditFile, auditFileName, mapFileName } from './auditFile.js'
import type { AuditInput } from './auditInput.js'
import { type AuditSplitConfig, checkAuditSplitConfig } from './config.js'
import type { Finding } from './finding.js'
import { readFittedModel } from './fittedModels.js'
import { assignByLists, type ListAssignment } from './listAssignment.js'
import { readLists } from './lists.js'
import { PartPlaces } from './partPlaces.js'
import { findAll } from './searches.js'
import { matchSignatures } from './signatureMatches.js'
import { readSignatures } from './signatureSet.js'
import { siteMap } from './siteMap.js'

export interface AuditSplitOptions {
  /** Folder written by `ingest`. */
  dataset: string
  /** Folder written by `split`, or a file of lists: one of the two. */
  split?: string
  lists?: string
  /** Folders of models that may have been fitted on too much. */
  models?: readonly string[]
  /** Folder to write. */
  out: string
  config: AuditSplitConfig
  seed: number
  replace: boolean
}

/**
 * Looks for everything that the parts of a split share, ours or another's, and writes `audit.json` and `map.svg`. What
 * is found is a result, not an error.
 *
 * Throws UsageError for a bad configuration or none or both of `split` and `lists`, DataError for damaged input, and
 * what `runStage` throws.
 */
export async function auditSplit(options: AuditSplitOptions): Promise<Manifest> {
  const { dataset, split, lists, models = [], out, config, seed, replace } = options
  checkAuditSplitConfig(config)
  if ((split === undefined) === (lists === undefined))
    throw new UsageError('name what to audit', { expected: 'one of --split and --lists' })
  const audited: Record<string, string> = split === undefined ? { lists: lists! } : { split }
  const fitted = Object.fromEntries(models.map((dir, i) => [`model${i + 1}`, dir]))
  const plan = { stage: 'split audit', target: out, config, seed, inputs: { dataset, ...audited, ...fitted }, replace }
  return runStage(plan, async (work) => {
    const opened = await openDataset(dataset)
    try {
      await audit(opened, options, work)
    } finally {
      await opened.close()
    }
  })
}

async function audit(dataset: Dataset, options: AuditSplitOptions, work: Work): Promise<void> {
  const { config, models = [], seed } = options
  const tracks = await withBar('tracks', dataset.logs.length, (tick) => readTracks(dataset, tick))
  const assigned = await assignmentFor(options, dataset, tracks)
  const audited = auditedTracks(tracks, dataset.logs, assigned.partOf)
  const compare = async () => {
    const set = await withBar('occupancy', audited.length, (tick) => readSignatures(dataset, audited, tick))
    return matchSignatures(set, audited, config.alike, seed)
  }
  const input: AuditInput = {
    tracks: audited,
    places: new PartPlaces(audited),
    leaks: findLeaks(tracks, assigned.partOf, config),
    cutsLogs: assigned.cutsLogs,
    contradictions: assigned.contradictions,
    matches: config.content ? await compare() : null,
    models: await Promise.all(models.map(readFittedModel)),
    config,
  }
  const findings = findAll(input)
  const file = fileOf(assigned, dataset, input, findings)
  await writeAtomically(join(work.dir, auditFileName), `${JSON.stringify(file, null, 1)}\n`)
  await writeAtomically(join(work.dir, mapFileName), siteMap(input, findings))
  describe(work, file)
}

interface Assigned extends ListAssignment {
  head: AuditFile['assignment']
  cutsLogs: boolean
}

async function assignmentFor(options: AuditSplitOptions, dataset: Dataset, tracks: LogTrack[]): Promise<Assigned> {
  const { split, lists } = options
  if (split === undefined) {
    const entries = await readLists(lists!, new Set(tracks.map(({ logId }) => logId)))
    const head = { from: 'lists' as const, hash: await hashInput(lists!), isOfDataset: null }
    return { ...assignByLists(entries, tracks), head, cutsLogs: false }
  }
  const { hash, datasetHash, file, partOf } = await readSplit(split)
  const known = new Set(tracks.map(({ logId }) => logId))
  const gone = file.logs.filter(({ logId }) => !known.has(logId)).map(({ logId }) => `log ${logId}`)
  return {
    partOf,
    missing: { count: gone.length, shown: gone.slice(0, 50) },
    contradictions: { count: 0, shown: [] },
    head: { from: 'split', hash, isOfDataset: datasetHash === dataset.manifest.hash },
    cutsLogs: limitsOf(file).cutsLogs,
  }
}

function fileOf(assigned: Assigned, dataset: Dataset, { tracks, config }: AuditInput, findings: Finding[]): AuditFile {
  const frames = framesByPart(tracks)
  const inSome = parts.reduce((sum, part) => sum + frames[part], 0)
  const outside = tracks.filter(({ partOfRow }) => partOfRow.every((part) => part < 0)).map(({ logId }) => logId)
  return {
    kind: 'occlab split audit',
    version: 1,
    verdict: findings.some(({ severity }) => severity === 'leak') ? 'leak' : 'clean',
    assignment: assigned.head,
    datasetHash: dataset.manifest.hash,
    config: { ...config },
    parts: Object.fromEntries(
      parts.map((part) => [part, { logs: logsIn(tracks, part), frames: frames[part] }]),
    ) as never,
    inNoPart: tracks.reduce((sum, { frameIndex }) => sum + frameIndex.length, 0) - inSome,
    missing: assigned.missing,
    unassigned: { count: outside.length, shown: outside.slice(0, 50) },
    findings,
  }
}

function logsIn(tracks: readonly AuditedTrack[], part: Part): number {
  return tracks.filter(({ partOfRow }) => partOfRow.includes(parts.indexOf(part))).length
}

/** What people and the certificate ask for first. */
function describe(work: Work, file: AuditFile): void {
  const { verdict, findings, missing, inNoPart, assignment, parts: facts } = file
  if (missing.count > 0)
    work.skip({
      what: 'log',
      why: 'the assignment names it, the dataset lacks it, or lacks the frames',
      where: missing.shown[0],
      count: missing.count,
    })
  const summaries = findings.map(({ kind, severity, summary, numbers }) => [kind, { severity, summary, numbers }])
  for (const [name, value] of Object.entries({ verdict, assignment, parts: facts, inNoPart })) work.detail(name, value)
  work.detail('findings', Object.fromEntries(summaries))
}

async function withBar<T>(label: string, total: number, run: (tick: () => void) => Promise<T>): Promise<T> {
  const bar = progress(label, total, 'logs')
  try {
    return await run(() => bar.tick())
  } finally {
    bar.stop()
  }
}

import { join } from 'node:path'
import { type Manifest, readManifest } from '../manifest.js'
import { assignmentOf } from './assignmentOf.js'
import { readParsed } from './parsedFile.js'
import type { Assignment, Part } from './part.js'
import { type SplitFile, splitFile, splitFileName } from './splitFile.js'

/** A split, open for reading. */
export interface Split {
  /** The manifest's hash: the split's identity in the chain of provenance. */
  readonly hash: string
  /** Content hash of the dataset that was split. */
  readonly datasetHash: string
  readonly manifest: Manifest
  /** Everything that `split.json` says: shares, groups, exceptions, compromises, leaks. */
  readonly file: SplitFile
  /** Part of a frame; null when it was left out, or its log is not of this split. */
  readonly partOf: Assignment
  /** Ids of the logs that have a frame in a part, sorted. Other frames of theirs may not be: ask `partOf`. */
  logs(part: Part): string[]
}

/** Reads a folder that `split` wrote. Throws DataError when it is not one. */
export async function readSplit(dir: string): Promise<Split> {
  const manifest = await readManifest(dir, 'split')
  const file = await readParsed(join(dir, splitFileName), splitFile, 'not a readable split')
  return {
    hash: manifest.hash,
    datasetHash: manifest.inputs.dataset.hash,
    manifest,
    file,
    partOf: assignmentOf(file.logs),
    logs: (part) => file.logs.filter((log) => hasFramesIn(log, part)).map((log) => log.logId),
  }
}

function hasFramesIn(log: SplitFile['logs'][number], part: Part): boolean {
  if (log.exceptions.some((exception) => exception.part === part && exception.count > 0)) return true
  return log.part === part && log.exceptions.reduce((left, { count }) => left - count, log.frames) > 0
}

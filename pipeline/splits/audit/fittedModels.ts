import { join } from 'node:path'
import { z } from 'zod'
import { DataError } from '../../errors.js'
import { manifestFile, readManifest } from '../../manifest.js'
import { range } from '../ranges.js'
import { readTrained } from '../trainedFrames.js'

/** Frames of one log that a model was fitted on; a list of frames, or runs of them. */
export interface FittedLog {
  logId: string
  isFitted(frameIndex: number): boolean
}

/** A model, by the frames that its weights, scales and class counts come from. */
export interface FittedModel {
  /** Stage and the beginning of the hash: the same wherever the folder lies. */
  name: string
  /** Null: its folder does not say. */
  logs: FittedLog[] | null
}

const trainedOn = z.record(z.string(), z.array(range))

/**
 * Reads on which frames a model was fitted: its list of frames, or the runs in the manifest of an older one. Throws
 * DataError when the folder is no finished stage's or what it says cannot be read.
 */
export async function readFittedModel(dir: string): Promise<FittedModel> {
  const { stage, hash, details } = await readManifest(dir)
  const listed = await readTrained(dir)
  const logs = listed ? listed.map(fromFrames) : fromRuns(dir, details.trainedOn)
  return { name: `${stage} ${hash.slice(0, 12)}`, logs }
}

function fromFrames({ logId, frameIndex }: { logId: string; frameIndex: Int32Array }): FittedLog {
  const fitted = new Set(frameIndex)
  return { logId, isFitted: (index) => fitted.has(index) }
}

function fromRuns(dir: string, value: unknown): FittedLog[] | null {
  if (value === undefined) return null
  const read = trainedOn.safeParse(value)
  if (!read.success)
    throw new DataError('the training frames cannot be read', {
      file: join(dir, manifestFile),
      place: 'details.trainedOn',
      expected: 'runs of frame indices by log',
      cause: read.error,
    })
  return Object.entries(read.data)
    .filter(([, runs]) => runs.length > 0)
    .map(([logId, runs]) => ({
      logId,
      isFitted: (index) => runs.some(([from, to]) => from <= index && index <= to),
    }))
}

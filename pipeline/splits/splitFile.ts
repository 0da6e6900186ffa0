import { z } from 'zod'
import { compromise } from './compromises.js'
import { join } from './groups.js'
import { leak } from './leak.js'
import { parts } from './part.js'
import { range } from './ranges.js'

/** Name of the file that a split's folder holds. */
export const splitFileName = 'split.json'

const part = z.enum(parts)
const count = z.int().nonnegative()

const partFacts = z.object({
  /** Shares of the frames that are in a part. */
  asked: z.number(),
  got: z.number(),
  frames: count,
  logs: count,
  /** Frames left out because they lie nearer than the buffer to a frame of the part named. */
  leftOut: z.object({ buffer: z.partialRecord(part, count) }),
})

const group = z.object({
  name: z.string(),
  values: z.array(z.string()),
  part,
  logs: z.array(z.string()),
  frames: count,
  joins: z.array(join),
})

/** A frame is in its log's part unless an exception leaves it out. Part null: the log has no frames. */
const log = z.object({
  logId: z.string(),
  siteId: z.string(),
  rigId: z.string(),
  part: part.nullable(),
  frames: count,
  exceptions: z.array(z.object({ reason: z.literal('buffer'), near: part, count, frames: z.array(range) })),
})

/** Content of `split.json`. */
export const splitFile = z.object({
  rule: z.string(),
  seed: z.number(),
  bufferM: z.number(),
  mergeNear: z.boolean(),
  neighbourS: z.number(),
  holdOut: z.array(z.string()),
  /** How the search and the buffer decide, in words. */
  policies: z.object({ search: z.string(), buffer: z.string() }),
  parts: z.record(part, partFacts),
  groups: z.array(group),
  logs: z.array(log),
  compromises: z.array(compromise),
  leaks: z.array(leak),
})

export type SplitFile = z.infer<typeof splitFile>

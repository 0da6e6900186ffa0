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
const byPart = z.partialRecord(part, count)

const partFacts = z.object({
  /** Shares of the frames that are in a part. */
  asked: z.number(),
  got: z.number(),
  frames: count,
  /** Logs that have a frame in it. */
  logs: count,
  /** Frames left out because they lie nearer than the buffer, or closer in time than the gap, to a frame of the part named. */
  leftOut: z.object({ buffer: byPart, gap: byPart }),
})

const group = z.object({
  name: z.string(),
  values: z.array(z.string()),
  /** Null: left out, see its logs. */
  part: part.nullable(),
  logs: z.array(z.string()),
  frames: count,
  joins: z.array(join),
})

const exception = z.object({
  /**
   * cut: the rule gives these frames another part than most of the log · buffer, gap: too near, in place or in time, to
   * a frame of part `near` · conflict: they touch groups of several parts of a former split.
   */
  reason: z.enum(['cut', 'buffer', 'gap', 'conflict']),
  /** Where these frames are; null: left out. */
  part: part.nullable(),
  /** The part they were given to, before buffer and gap. */
  given: part.nullable(),
  near: part.nullable(),
  count,
  frames: z.array(range),
})
export type LogException = z.infer<typeof exception>

/** A frame is in its log's part unless an exception says otherwise. */
const log = z.object({
  logId: z.string(),
  siteId: z.string(),
  rigId: z.string(),
  sourceHash: z.string(),
  /** Null: no frame is in a part; `leftOut` says why. */
  part: part.nullable(),
  frames: count,
  leftOut: z.string().nullable(),
  exceptions: z.array(exception),
})

/** Content of `split.json`. */
export const splitFile = z.object({
  /** The rule's entries, joined by `, `. */
  rule: z.string(),
  /** Name of the published list that decided instead of a rule. */
  official: z.string().nullable(),
  seed: z.number(),
  bufferM: z.number(),
  mergeNear: z.boolean(),
  neighbourS: z.number(),
  holdOut: z.array(z.string()),
  /** Sizes of the rules: tiles, regions, time between parts. */
  tileM: z.number(),
  regionM: z.number(),
  gapS: z.number(),
  /** One of several splits whose test parts make up all frames; `values`: of the groups that are its test part. */
  fold: z.object({ index: count, of: count, values: z.array(z.string()) }).nullable(),
  /** How the search, the buffer and the gap decide, in words. */
  policies: z.object({ search: z.string(), buffer: z.string(), gap: z.string() }),
  parts: z.record(part, partFacts),
  groups: z.array(group),
  logs: z.array(log),
  /** Logs whose frames a rule gives to several parts. Frames of one source are then judged by place and time alone. */
  cutLogs: count,
  compromises: z.array(compromise),
  leaks: z.array(leak),
})

export type SplitFile = z.infer<typeof splitFile>

import { z } from 'zod'
import { leak } from '../leak.js'
import { parts } from '../part.js'

/**
 * leak: a number measured under this assignment says less than it claims · note: nothing is wrong by itself, but a
 * reader must know it · none: looked for and not found · unchecked: there was nothing to look at, or it was switched off.
 */
export const severities = ['leak', 'note', 'none', 'unchecked'] as const

/** A frame, by the names under which the viewer opens it. Part null: it is in none. */
export const frameRef = z.object({ logId: z.string(), frameIndex: z.int(), part: z.enum(parts).nullable() })
export type FrameRef = z.infer<typeof frameRef>

/** One case of a finding: the frame it is about, or the two frames that meet. */
export const namedCase = z.object({
  frames: z.array(frameRef).min(1).max(2),
  /** Between the two frames, horizontal, city frame; null for one frame and between sites. */
  distanceM: z.number().nullable(),
  /** Time between the two frames. */
  gapS: z.number().nullable(),
  /** What the case is, where the frames do not say it. */
  what: z.string().optional(),
  /** Where a case stands for all frames of two logs that meet: those frames. */
  sides: leak.shape.sides.optional(),
})
export type NamedCase = z.infer<typeof namedCase>

const histogram = z.object({
  /** Bin i holds what is at least edges[i] and below edges[i + 1], metres; the last bin is open. */
  edgesM: z.array(z.number()),
  counts: z.record(z.string(), z.array(z.int())),
  /** Frames that nothing of the kind lies at the same site with. */
  nowhere: z.record(z.string(), z.int()),
})

/** What one kind of search found. */
export const finding = z.object({
  kind: z.string(),
  severity: z.enum(severities),
  /** One sentence. */
  summary: z.string(),
  /** The number to look at first. */
  headline: z.string(),
  /** Null: it could not be measured. */
  numbers: z.record(z.string(), z.number().nullable()),
  histogram: histogram.optional(),
  /** The worst cases first, and how many there are in all. */
  named: z.object({ count: z.int().nonnegative(), shown: z.array(namedCase) }),
})
export type Finding = z.infer<typeof finding>
/** A finding before its search's name stands on it. */
export type Found = Omit<Finding, 'kind'>

/** Lists the first cases of those given, worst first. */
export function named(cases: readonly NamedCase[], most: number, count = cases.length): Finding['named'] {
  return { count, shown: cases.slice(0, most) }
}

import { z } from 'zod'
import { parts } from './part.js'
import { range } from './ranges.js'

const side = z.object({
  logId: z.string(),
  part: z.enum(parts),
  frames: z.array(range),
  /** How many frames that is. */
  count: z.int().positive(),
  /** Of these, the frame that is closest to the other side. */
  closestFrame: z.int(),
})

/**
 * Something that two parts share and should not. `same-log`: a log has frames in both · `same-source`: logs of equal
 * source hash · `near`: frames nearer than the buffer · `drive`: frames of one rig at one site hardly apart in time.
 */
export const leak = z.object({
  kind: z.enum(['same-log', 'same-source', 'near', 'drive']),
  sides: z.tuple([side, side]),
  /** Between the closest frames, horizontal, city frame; null between sites, which share no frame. */
  distanceM: z.number().nullable(),
  /** Time between the closest frames. */
  gapS: z.number(),
})

export type Leak = z.infer<typeof leak>
export type LeakSide = Leak['sides'][number]

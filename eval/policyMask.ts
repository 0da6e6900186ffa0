import { UsageError } from '../pipeline/errors.js'
import type { Frame } from '../pipeline/schema.js'
import type { Policy } from './metrics/policies.js'

/** What a mask is taken from. */
export type MaskedFrame = Pick<Frame, 'logId' | 'frameIndex' | 'observed' | 'observedBy'>

/**
 * The voxels of a frame that a policy scores, a bit each ([⌈V/8⌉], as `Frame.observed`); undefined for all of them.
 *
 * `camera` and `lidar` are the frame's masks of that name, as Occ3D ships them. They are not made up from others: a mask
 * by any other rule than its source's is another convention.
 *
 * @throws UsageError for a mask the frame does not carry: scoring under another one would make the name lie.
 */
export function maskOf({ name, mask }: Policy, frame: MaskedFrame): Uint8Array | undefined {
  if (mask === 'none') return undefined
  if (mask === 'observed') return frame.observed
  const bits = frame.observedBy?.[mask]
  if (bits) return bits
  const carried = ['observed', ...Object.keys(frame.observedBy ?? {})]
  throw new UsageError(`policy '${name}' scores under a ${mask} mask, which this dataset does not have`, {
    place: `log ${frame.logId}, frame ${frame.frameIndex}`,
    expected: `observed_by.${mask}, or a policy whose mask is none or one of the frame's: ${carried.join(', ')}`,
  })
}

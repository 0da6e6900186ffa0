import { UsageError } from '../pipeline/errors.js'
import type { Frame } from '../pipeline/schema.js'
import type { DatasetTaxonomy } from '../pipeline/taxonomy.js'
import { remembered } from './measures/remembered.js'
import type { Policy } from './metrics/policies.js'

/** What a mask is taken from. */
export type MaskedFrame = Pick<Frame, 'logId' | 'frameIndex' | 'semantics' | 'observed' | 'observedBy'>

/**
 * The voxels of a frame that a policy scores, by its mask and the classes it ignores, a bit each ([⌈V/8⌉], as
 * `Frame.observed`); undefined for all of them.
 *
 * `camera` and `lidar` are the frame's masks of that name, as Occ3D ships them. They are not made up from others: a mask
 * by any other rule than its source's is another convention.
 *
 * @throws UsageError for a mask the frame does not carry: scoring under another one would make the name lie.
 */
export function maskOf(policy: Policy, frame: MaskedFrame, { classes }: DatasetTaxonomy): Uint8Array | undefined {
  const { ignores } = policy
  if (!ignores) return namedMask(policy, frame)
  const masks = masksOf(frame)
  const known = masks.get(policy)
  if (known) return known
  const mask = without(classes.map(ignores), frame.semantics, namedMask(policy, frame))
  masks.set(policy, mask)
  return mask
}

/** Masks that are made, not carried: every measure, forecaster and horizon asks for that of a frame. */
const masksOf = remembered<MaskedFrame, Map<Policy, Uint8Array>>(() => new Map())

function namedMask({ name, mask }: Policy, frame: MaskedFrame): Uint8Array | undefined {
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

/** `seen` but for the voxels of ignored classes. */
function without(ignored: readonly boolean[], semantics: Uint8Array, seen: Uint8Array | undefined): Uint8Array {
  const bits = seen?.slice() ?? new Uint8Array(Math.ceil(semantics.length / 8)).fill(255)
  for (let voxel = 0; voxel < semantics.length; voxel++)
    if (ignored[semantics[voxel]]) bits[voxel >> 3] &= ~(1 << (voxel & 7))
  return bits
}

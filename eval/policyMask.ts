import { UsageError } from '../pipeline/errors.js'
import { unpackBits } from '../pipeline/grid.js'
import type { Frame } from '../pipeline/schema.js'
import type { Policy } from './metrics/policies.js'

/**
 * The voxels of a frame that a policy scores, one byte each; undefined for all of them.
 *
 * @throws UsageError for a mask the dataset does not carry: scoring under another one would make the name lie.
 */
export function maskOf({ name, mask }: Policy, frame: Pick<Frame, 'semantics' | 'observed'>): Uint8Array | undefined {
  if (mask === 'none') return undefined
  if (mask === 'observed') return unpackBits(frame.observed, frame.semantics.length)
  throw new UsageError(`policy '${name}' scores under a ${mask} mask, which this dataset does not have`, {
    expected: 'a policy whose mask is none or observed',
  })
}

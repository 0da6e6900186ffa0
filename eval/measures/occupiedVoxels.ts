import { type DatasetTaxonomy, freeIndex } from '../../pipeline/taxonomy.js'
import { noClass, unlabelled } from '../metrics/confusion.js'
import type { Policy } from '../metrics/policies.js'
import { maskOf } from '../policyMask.js'
import type { ScoredFrame } from './measure.js'
import { remembered } from './remembered.js'

/** The lists of a prediction, by the mask they are under. */
const listsOf = remembered<ScoredFrame, Map<string, Int32Array>>(() => new Map())

/**
 * The voxels, [N] ascending, that a policy scores and that truth or prediction takes to be occupied: the few that breakdowns
 * are about. Listed once for all measures and for all policies of one mask.
 *
 * @throws DataError for a label among them that is no class.
 */
export function occupiedVoxels(scored: ScoredFrame, policy: Policy, taxonomy: DatasetTaxonomy): Int32Array {
  const lists = listsOf(scored)
  const mask = policy.ignores ? policy.name : policy.mask
  const known = lists.get(mask)
  if (known) return known
  const { truth, predicted } = scored
  const bits = maskOf(policy, truth, taxonomy)
  const list = listOccupied(truth.semantics, predicted, bits, freeIndex(taxonomy), taxonomy.classes.length)
  lists.set(mask, list)
  return list
}

/** Grown to the largest grid; every call writes it from the start and copies what it wrote. */
let scratch = new Int32Array(0)

/** Truth that nobody labelled is left out; @param mask [⌈V/8⌉] bits, undefined for all voxels. */
export function listOccupied(
  truth: Uint8Array,
  predicted: Uint8Array,
  mask: Uint8Array | undefined,
  free: number,
  classes: number,
): Int32Array {
  if (scratch.length < truth.length) scratch = new Int32Array(truth.length)
  const list = scratch
  const [truth32, predicted32] = [wordsOf(truth), wordsOf(predicted)]
  const allFree = Math.imul(free, 0x01010101)
  let found = 0
  const words = Math.ceil(truth.length / 4)
  for (let w = 0; w < words; w++) {
    if (truth32[w] === allFree && predicted32[w] === allFree) continue
    const base = w << 2
    const bits = mask ? (mask[base >> 3] >> (base & 4)) & 15 : 15
    if (bits === 0) continue
    const end = Math.min(base + 4, truth.length)
    for (let voxel = base; voxel < end; voxel++) {
      const label = truth[voxel]
      const guess = predicted[voxel]
      const isScored = ((bits >> (voxel - base)) & 1) === 1
      if (!isScored || label === unlabelled || (label === free && guess === free)) continue
      if (label >= classes || guess >= classes) throw noClass(classes, truth, predicted, mask)
      list[found++] = voxel
    }
  }
  return list.slice(0, found)
}

/** The whole words of some bytes; copied where they do not begin at one. */
function wordsOf(bytes: Uint8Array): Int32Array {
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Int32Array(buffer, byteOffset, bytes.length >> 2)
}

import type { BuiltFrame } from './occupancy/occupancyMethod.js'

type Voxels = Pick<BuiltFrame, 'semantics' | 'observed'>

/** Bits that are set, by byte. */
const ones = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)

/**
 * Adds a frame's observed voxels to the count of each class. Nearly all are free: those are what the others leave of the
 * sum. `semantics` starts at a multiple of four bytes.
 */
export function tally(voxels: Voxels, free: number, counts: number[]): void {
  const { semantics, observed } = voxels
  let left = 0
  for (let byte = 0; byte < observed.length; byte++) left += ones[observed[byte]]
  const sixteens = semantics.length >> 4
  const fours = new Uint32Array(semantics.buffer, semantics.byteOffset, 4 * sixteens)
  const allFree = 0x01010101 * free
  for (let n = 0, at = 0; n < sixteens; n++, at += 4) {
    const one = (fours[at] ^ allFree) | (fours[at + 1] ^ allFree)
    const other = (fours[at + 2] ^ allFree) | (fours[at + 3] ^ allFree)
    if ((one | other) === 0) continue
    for (let four = at; four < at + 4; four++)
      if (fours[four] !== allFree) left -= tallyOthers(voxels, 4 * four, 4 * four + 4, free, counts)
  }
  left -= tallyOthers(voxels, 16 * sixteens, semantics.length, free, counts)
  counts[free] += left
}

/** Adds those that are not free, from one voxel to before another; returns their number. */
function tallyOthers(
  { semantics, observed }: Voxels,
  from: number,
  to: number,
  free: number,
  counts: number[],
): number {
  let others = 0
  for (let voxel = from; voxel < to; voxel++) {
    const label = semantics[voxel]
    if (label === free || ((observed[voxel >> 3] >> (voxel & 7)) & 1) === 0) continue
    counts[label]++
    others++
  }
  return others
}

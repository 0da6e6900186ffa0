import { byteCounts } from '../arrow/kernels/byteCounts.js'
import type { BuiltFrame } from './occupancy/occupancyMethod.js'

/** Adds a frame's observed voxels to the count of each class. */
export function tally({ semantics, observed }: Pick<BuiltFrame, 'semantics' | 'observed'>, counts: number[]): void {
  const found = byteCounts(semantics, observed)
  for (let label = 0; label < counts.length; label++) counts[label] += found[label]
}

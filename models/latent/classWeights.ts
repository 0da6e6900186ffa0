import { bitAt } from '../../pipeline/grid.js'
import { power } from '../../pipeline/power.js'
import type { Frame } from '../../pipeline/schema.js'
import type { DatasetTaxonomy } from '../../pipeline/taxonomy.js'
import type { LatentConfig } from './config.js'

/** Adds a frame's voxels to the counts of their classes; unobserved voxels only with `countUnobserved`. */
export function countClasses(counts: number[], { semantics, observed }: Frame, countUnobserved: boolean): void {
  for (let i = 0; i < semantics.length; i++) if (countUnobserved || bitAt(observed, i)) counts[semantics[i]]++
}

/**
 * Weight of each class in the reconstruction loss: frequency^−balance, scaled so that the mean over voxels is 1; then
 * rare classes count `rareBoost` times more, and none more than `maxWeight`. A class that training never showed gets
 * `maxWeight`. With balance ½ a class a hundred times rarer weighs ten times more.
 *
 * @param counts voxels of each class in the training part, in index order
 */
export function classWeights(
  counts: readonly number[],
  taxonomy: DatasetTaxonomy,
  { balance, rareBoost, maxWeight }: Pick<LatentConfig, 'balance' | 'rareBoost' | 'maxWeight'>,
): number[] {
  const frequencies = classFrequencies(counts)
  const raw = frequencies.map((f) => (f > 0 ? power(f, -balance) : 0))
  const mean = raw.reduce((sum, weight, k) => sum + frequencies[k] * weight, 0)
  return raw.map((weight, k) => {
    if (weight === 0) return maxWeight
    return Math.min(maxWeight, (weight / mean) * (taxonomy.classes[k].rare ? rareBoost : 1))
  })
}

/** Share of each class among the counted voxels. */
export function classFrequencies(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => (total > 0 ? count / total : 0))
}

import { bitAt } from '../../pipeline/grid.js'
import { power } from '../../pipeline/power.js'
import type { Frame } from '../../pipeline/schema.js'
import type { DatasetTaxonomy } from '../../pipeline/taxonomy.js'
import type { LossConfig } from './lossConfig.js'

/** Adds a frame's voxels to the counts of their classes; unobserved voxels only with `countUnobserved`. */
export function countClasses(counts: number[], { semantics, observed }: Frame, countUnobserved: boolean): void {
  for (let i = 0; i < semantics.length; i++) if (countUnobserved || bitAt(observed, i)) counts[semantics[i]]++
}

/** What class weights are made of. */
export type WeightConfig = Pick<LossConfig, 'weighting' | 'balance' | 'effectiveBeta' | 'rareBoost' | 'maxWeight'>

/**
 * Weight of each class in the reconstruction loss, scaled so that the mean over voxels is 1; then rare classes count
 * `rareBoost` times more, and none more than `maxWeight`. A class that training never showed gets `maxWeight`.
 *
 * Weighted by `frequency`^−balance, with balance ½, a class a hundred times rarer weighs ten times more. By
 * `effectiveNumber` the weight is (1 − β) / (1 − βⁿ) for n voxels (Cui et al. 2019, https://arxiv.org/abs/1901.05555, eq.
 * 2 and 4): 1 / n for classes of far fewer than 1 / (1 − β) voxels, and all the same for those of far more.
 *
 * @param counts voxels of each class in the training part, in index order
 */
export function classWeights(counts: readonly number[], taxonomy: DatasetTaxonomy, config: WeightConfig): number[] {
  const frequencies = classFrequencies(counts)
  const { rareBoost, maxWeight } = config
  const raw = counts.map((count, k) => (count > 0 ? rawWeight(count, frequencies[k], config) : 0))
  const mean = raw.reduce((sum, weight, k) => sum + frequencies[k] * weight, 0)
  return raw.map((weight, k) => {
    if (weight === 0) return maxWeight
    return Math.min(maxWeight, (weight / mean) * (taxonomy.classes[k].rare ? rareBoost : 1))
  })
}

function rawWeight(count: number, frequency: number, { weighting, balance, effectiveBeta }: WeightConfig): number {
  if (weighting === 'frequency') return power(frequency, -balance)
  // 1 − βⁿ by expm1: for β near 1 and few voxels both terms of the difference are nearly 1.
  return effectiveBeta === 0 ? 1 : (1 - effectiveBeta) / -Math.expm1(count * Math.log(effectiveBeta))
}

/** Share of each class among the counted voxels. */
export function classFrequencies(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => (total > 0 ? count / total : 0))
}

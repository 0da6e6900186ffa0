import { expect, test } from 'vitest'
import { classWeights, countClasses } from '../../../models/latent/classWeights.js'
import type { Frame } from '../../../pipeline/schema.js'
import type { DatasetTaxonomy } from '../../../pipeline/taxonomy.js'

const taxonomy: DatasetTaxonomy = {
  name: 'three',
  classes: ['free', 'car', 'cone', 'tug'].map((name) => ({
    name,
    colour: '#000000',
    superclass: 'object',
    rare: name === 'cone' || name === 'tug',
  })),
}

const byFrequency = { weighting: 'frequency', effectiveBeta: 0 }

test('a class a hundred times rarer weighs ten times more, a rare one twice that, and the cap holds', () => {
  // Frequencies 0.9, 0.09, 0.01, 0; raw weights 1/√f = 1.0541, 3.3333, 10; their mean over voxels √0.9+√0.09+√0.01.
  const mean = Math.sqrt(0.9) + Math.sqrt(0.09) + Math.sqrt(0.01)
  const settings = { ...byFrequency, balance: 0.5, rareBoost: 2, maxWeight: 12 }
  const weights = classWeights([900, 90, 10, 0], taxonomy, settings)
  expect(weights[0]).toBeCloseTo(1 / Math.sqrt(0.9) / mean, 6)
  expect(weights[1]).toBeCloseTo(1 / 0.3 / mean, 6)
  expect(weights[2]).toBe(12)
  // Training never showed a tug: its weight is the cap, not a division by zero.
  expect(weights[3]).toBe(12)
  expect(classWeights([900, 90, 10, 0], taxonomy, { ...settings, maxWeight: 100 })[2]).toBeCloseTo(20 / mean, 6)
})

test('balance 0 weighs all classes the same', () => {
  for (const weight of classWeights([900, 90, 10, 1], taxonomy, {
    ...byFrequency,
    balance: 0,
    rareBoost: 1,
    maxWeight: 9,
  }))
    expect(weight).toBeCloseTo(1, 12)
})

test('only observed voxels count, unless asked otherwise', () => {
  const frame = { semantics: Uint8Array.of(0, 1, 1, 2), observed: Uint8Array.of(0b0101) } as Frame
  const counted = (all: boolean) => {
    const counts = [0, 0, 0, 0]
    countClasses(counts, frame, all)
    return counts
  }
  expect(counted(false)).toEqual([1, 1, 0, 0])
  expect(counted(true)).toEqual([1, 2, 1, 0])
})

test('by effective number: 1 / n for few voxels, the same for all beyond 1 / (1 − β), and β = 0 tells none apart', () => {
  const settings = { weighting: 'effectiveNumber', balance: 9, rareBoost: 1, maxWeight: 1e9 }
  const ratioOf = (counts: number[], effectiveBeta: number) => {
    const [free, car] = classWeights([...counts, 0, 0], taxonomy, { ...settings, effectiveBeta })
    return car / free
  }
  // β = ½: 1 voxel weighs 1, 2 voxels ½ / (1 − ¼) = ⅔.
  expect(ratioOf([2, 1], 0.5)).toBeCloseTo(3 / 2, 12)
  expect(ratioOf([3, 1], 0.5)).toBeCloseTo(7 / 4, 12)
  expect(ratioOf([500, 5], 1 - 1e-9)).toBeCloseTo(100, 3)
  expect(ratioOf([5e9, 5e8], 1 - 1e-6)).toBeCloseTo(1, 9)
  expect(ratioOf([900, 1], 0)).toBe(1)
  // The mean over voxels is 1: β = ½ gives 1 and ⅔ before that, (1 · 1 + 2 · ⅔) / 3 = 7/9.
  expect(classWeights([2, 1, 0, 0], taxonomy, { ...settings, effectiveBeta: 0.5 })[1]).toBeCloseTo(9 / 7, 12)
})

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

test('a class a hundred times rarer weighs ten times more, a rare one twice that, and the cap holds', () => {
  // Frequencies 0.9, 0.09, 0.01, 0; raw weights 1/√f = 1.0541, 3.3333, 10; their mean over voxels √0.9+√0.09+√0.01.
  const mean = Math.sqrt(0.9) + Math.sqrt(0.09) + Math.sqrt(0.01)
  const settings = { balance: 0.5, rareBoost: 2, maxWeight: 12 }
  const weights = classWeights([900, 90, 10, 0], taxonomy, settings)
  expect(weights[0]).toBeCloseTo(1 / Math.sqrt(0.9) / mean, 6)
  expect(weights[1]).toBeCloseTo(1 / 0.3 / mean, 6)
  expect(weights[2]).toBe(12)
  // Training never showed a tug: its weight is the cap, not a division by zero.
  expect(weights[3]).toBe(12)
  expect(classWeights([900, 90, 10, 0], taxonomy, { ...settings, maxWeight: 100 })[2]).toBeCloseTo(20 / mean, 6)
})

test('balance 0 weighs all classes the same', () => {
  for (const weight of classWeights([900, 90, 10, 1], taxonomy, { balance: 0, rareBoost: 1, maxWeight: 9 }))
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

import { expect, test } from 'vitest'
import { latentRate } from '../../../models/latent/latentRate.js'

const grid = { name: 'made up', dims: [4, 4, 2], originM: [0, 0, 0], cellM: 1 } as never
const taxonomy = { name: 'made up', classes: [{}, {}, {}, {}] } as never

test('by hand: 2×2×1 numbers of 16 bits, ln 2 nats at each place, 32 voxels of 2 bits', () => {
  const rate = latentRate([2, 2, 1], { grid, taxonomy }, { 'kl_channel/0': Math.LN2 })
  expect(rate).toEqual({ float16Bits: 64, klBits: 4, voxelBits: 64, float16Ratio: 1, klRatio: 16 })
})

test('a KL that was not logged is missing; one of nothing has no ratio', () => {
  expect(latentRate([2, 2, 2], { grid, taxonomy }, { 'kl_channel/0': 1 })).toMatchObject({
    klBits: null,
    klRatio: null,
  })
  expect(latentRate([2, 2, 1], { grid, taxonomy }, { 'kl_channel/0': 0 })).toMatchObject({ klBits: 0, klRatio: null })
})

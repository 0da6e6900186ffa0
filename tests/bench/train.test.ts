import { expect, test } from 'vitest'
import { npyHeader } from '../../bench/train/trainData.js'
import { fastest, type Rounds, ratio } from '../../bench/train/trainRounds.js'
import { config, flopsOfStep, learningRates } from '../../bench/train/trainSpec.js'

test('a step by hand: one cell of four voxels, every layer one number wide, two classes', () => {
  const small = {
    ...config,
    width: 1,
    channels: 1,
    embedding: 1,
    voxelFeatures: 1,
    patch: 2,
    encoderBlocks: 0,
    decoderBlocks: 1,
  }
  // Stem 4, moments 2, from the latent 9, to the voxels 4, a block 2·9, classes 4·2: 45 products, three times, as two each.
  expect(flopsOfStep(small, [2, 2, 1], 2)).toBe(6 * 45)
})

test('learning rates rise, then fall to a twentieth', () => {
  const rates = learningRates(100, 1)
  expect(rates.slice(0, 5)).toEqual([0.2, 0.4, 0.6, 0.8, 1])
  expect(rates[5]).toBe(1)
  expect(rates.at(-1)).toBeCloseTo(0.05, 2)
  expect(rates.slice(5).every((rate, i, all) => i === 0 || rate <= all[i - 1])).toBe(true)
})

test('the header of an array for NumPy fills whole 64 bytes and says its own length', () => {
  const header = Buffer.from(npyHeader([3, 200, 200, 16]))
  expect(header.length % 64).toBe(0)
  expect(header.readUInt16LE(8)).toBe(header.length - 10)
  expect(header.toString('latin1', 10)).toMatch(
    /^\{'descr': '\|u1', 'fortran_order': False, 'shape': \(3, 200, 200, 16,\), \} *\n$/,
  )
})

test('a ratio is taken round by round, and the fastest is the one with the least median', () => {
  const [a, b] = [{ name: 'a' }, { name: 'b' }] as never[]
  const took = (...walls: number[]) => walls.map((wallS) => ({ wallS, cpuS: 1, value: 0 }))
  const rounds: Rounds = new Map([
    [a, took(1, 2, 3)],
    [b, took(4, 2, 30)],
  ])
  expect(ratio(rounds, b, a, 'wallS')).toEqual({ value: 4, range: [1, 10], sides: 'a 2000 ms, b 4000 ms' })
  expect(fastest(rounds, [a, b], 'wallS')).toBe(a)
})

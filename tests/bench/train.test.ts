import { expect, test } from 'vitest'
import { measured } from '../../bench/train/train.js'
import { npyHeader } from '../../bench/train/trainData.js'
import { fastest, type Rounds, ratio } from '../../bench/train/trainRounds.js'
import { config, flopsOfStep, learningRates } from '../../bench/train/trainSpec.js'
import { speeds } from '../../bench/train/trainTokenizer.js'

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

/** A side that answers every job at once with what is told. */
function told(name: string, stepS: number, peakMib: number): never {
  const took = { wallS: stepS, cpuS: 2 * stepS, value: 1 }
  const roofline = { float32GflopS: 100, bfloat16GflopS: 200 }
  const answers: Record<string, unknown> = { train: took, infer: [took], peak: peakMib, roofline }
  return { name, ask: async (job: string) => answers[job] } as never
}
const data = {
  spec: { grid: { dims: [200, 200, 16] }, taxonomy: { classes: Array(18).fill('class') } },
  ...{ train: [0, 1], test: [2] },
} as never

test('against peers: the step and the memory are held against the best of them', async () => {
  const figures = await measured(data, told('occlab', 0.2, 600), [told('a', 0.5, 900), told('b', 0.4, 1200)])
  const [wall, cpu, latency, memory, share] = figures.map(({ value }) => value)
  expect([wall, cpu]).toEqual([0.5, 0.5])
  expect(latency).toBeCloseTo(200, 9)
  expect(memory).toBeCloseTo(600 / 900, 9)
  expect(share).toBeCloseTo(flopsOfStep(config, [200, 200, 16], 18) / 1e9 / 0.2 / 200, 9)
  expect(figures.map(({ target }) => target)).toEqual([
    { atMost: 0.9 },
    { atMost: 0.9 },
    { atMost: 80 },
    { atMost: 1 },
    null,
  ])
})

test('without a peer: our own milliseconds and memory, which no target is for', async () => {
  const figures = await measured(data, told('occlab', 0.2, 600), [])
  expect(figures.map(({ what, value, unit, target }) => [what, value, unit, target]).slice(0, 3)).toEqual([
    ['a training step', 200, 'ms', null],
    ['encode + decode of a frame, p50', 200, 'ms', { atMost: 80 }],
    ['peak memory', 600, 'MiB', null],
  ])
  expect(await speeds(data, told('occlab', 0.2, 600), [])).toMatchObject([
    { what: 'a training frame', value: 200, target: null, sides: '400 ms of the processor' },
    { what: 'a frame encoded and decoded', value: 200, target: null },
  ])
})

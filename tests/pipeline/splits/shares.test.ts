import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeFleet } from '../../../bench/splits/splitFleet.js'
import { stream } from '../../../pipeline/random.js'
import { type SplitConfig, splitDefaults } from '../../../pipeline/splits/config.js'
import { parts } from '../../../pipeline/splits/part.js'
import { planSplit } from '../../../pipeline/splits/planSplit.js'
import type { SplitFile } from '../../../pipeline/splits/splitFile.js'
import type { LogTrack } from '../../../pipeline/splits/tracks.js'
import { line, makeTrack } from '../../support/tracks.js'

const seed = 2718

function mostOff({ parts: facts }: SplitFile): number {
  return Math.max(...parts.map((part) => Math.abs(facts[part].got - facts[part].asked)))
}

/** Streets where nearly every frame is near to other logs, so that every border costs frames; rare classes on some. */
const streets = makeFleet(600).map((track, i) => ({
  ...track,
  observedVoxels: { road: 9, bus: Number(i % 25 === 3), crane: Number(i % 200 === 7) },
}))

test.each<[string, Partial<SplitConfig>]>([
  ['whole logs', {}],
  ['whole logs, a wide buffer', { bufferM: 30 }],
  ['whole logs, small val and test', { shares: [0.8, 0.1, 0.1] }],
  ['logs cut by place, with a gap in time', { rule: 'geographic', bufferM: 20, neighbourS: 2 }],
  ['logs cut by place or rig', { rule: 'geographic+rig', neighbourS: 2 }],
])('on crowded streets shares are within two hundredths, every class in every part: %s', (_, config) => {
  const file = planSplit(streets, { ...splitDefaults, ...config }, 1)
  expect(mostOff(file)).toBeLessThanOrEqual(0.02)
  expect(file.compromises).toEqual([])
  expect(file.leaks).toEqual([])
})

test('ten thousand logs out of one depot are split by log, within 2 %', () => {
  const rng = stream(seed, 'depot')
  const fleet = Array.from({ length: 10_000 }, (_, i) => {
    const out = line(3, 1000 + 40 * (i % 700), 10, 1000 + 40 * Math.floor(i / 700))
    return makeTrack({ logId: `log${i}`, points: [[rng.uniform(0, 60), rng.uniform(0, 60)], ...out] })
  })
  const file = planSplit(fleet, splitDefaults, 1)
  expect(mostOff(file)).toBeLessThanOrEqual(0.02)
  expect(file.leaks).toEqual([])
  expect(file.groups.length).toBe(10_000)
})

test(`an assignment that fits exactly was planted: shares are within 2 %, classes in every part (seed ${seed})`, () => {
  const shares = [0.6, 0.15, 0.25]
  const cases = fc.record({ groups: fc.integer({ min: 12, max: 80 }), made: fc.nat(), planSeed: fc.nat(9) })
  const property = fc.property(cases, ({ groups, made, planSeed }) => {
    const fleet = planted(shares, groups, made)
    const file = planSplit(fleet, { ...splitDefaults, shares }, planSeed)
    expect(mostOff(file)).toBeLessThanOrEqual(0.02)
    expect(file.compromises).toEqual([])
  })
  fc.assert(property, { seed, numRuns: 40 })
})

/** Logs far apart, of very unequal sizes that fill 1000 frames in the shares; in each part one log shows a crane. */
function planted(shares: readonly number[], groups: number, made: number): LogTrack[] {
  const rng = stream(made, 'planted')
  return shares.flatMap((share, part) => {
    const count = Math.max(2, Math.round(share * groups))
    const weights = Array.from({ length: count }, () => 1 + 30 * rng.float() * rng.float() * rng.float())
    const total = weights.reduce((a, b) => a + b, 0)
    let [before, sum] = [0, 0]
    return weights.map((weight, i) => {
      sum += weight
      const frames = Math.max(1, Math.round((1000 * share * sum) / total) - before)
      before += frames
      const points = line(frames, 2000 * (100 * part + i))
      return makeTrack({ logId: `log${part}.${i}`, points, observedVoxels: { road: 9, crane: Number(i === 1) } })
    })
  })
}

test('each site has three logs, one of which must train and one be tested: whole sites are never torn from a part', () => {
  const rng = stream(seed, 'sites')
  const fleet = Array.from({ length: 600 }, (_, i) =>
    makeTrack({ logId: `log${i}`, siteId: `site${i % 200}`, points: line(1 + rng.int(60), 0, 1, 1000 * i) }),
  )
  const file = planSplit(fleet, splitDefaults, 1)
  expect(mostOff(file)).toBeLessThanOrEqual(0.02)
  expect(file.compromises).toEqual([])
})

test('planted: where one log is half of all frames, the shares give way by as little as they can', () => {
  const fleet = [500, ...Array(50).fill(10)].map((count, i) =>
    makeTrack({ logId: `log${i}`, points: line(count, 5000 * i) }),
  )
  const file = planSplit(fleet, { ...splitDefaults, shares: [0.4, 0.3, 0.3] }, 1)
  expect(file.parts.train.got).toBe(0.5)
  expect(file.compromises.map(({ constraint }) => constraint)).toContain('shares')
})

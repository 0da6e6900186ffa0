import { describe, expect, it } from 'vitest'
import { clusterBootstrap, mean } from '../../../eval/statistics/bootstrap.js'
import { type Rng, stream } from '../../../pipeline/random.js'

const seed = 31
const simulations = 2000

/** A log's frames share an effect as large as their own noise; logs have 15 to 30 frames. The true mean is 0. */
function simulatedLog(rng: Rng): number[] {
  const effect = rng.normal()
  return Array.from({ length: 15 + rng.int(16) }, () => effect + rng.normal())
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** The interval that takes frames for independent: mean ± 1.96 s/√n. */
function naive(frames: readonly number[]): { low: number; high: number } {
  const centre = sum(frames) / frames.length
  const variance = sum(frames.map((frame) => (frame - centre) ** 2)) / (frames.length - 1)
  const half = 1.96 * Math.sqrt(variance / frames.length)
  return { low: centre - half, high: centre + half }
}

const covers = ({ low, high }: { low: number | null; high: number | null }) => low! <= 0 && 0 <= high!

describe(`95 % intervals of ${simulations} datasets of correlated frames (seed ${seed})`, () => {
  it.each([
    { logs: 30, method: 'percentile', least: 0.93, most: 0.97 },
    { logs: 30, method: 'bca', least: 0.93, most: 0.97 },
    { logs: 10, method: 'bca', least: 0.92, most: 0.98 },
  ] as const)(
    '$method over $logs logs covers the truth in $least to $most of cases',
    ({ logs, method, least, most }) => {
      let covered = 0
      for (let i = 0; i < simulations; i++) {
        const rng = stream(seed, 'simulation', logs, i)
        const clusters = Array.from({ length: logs }, () => simulatedLog(rng)).map((log) => [sum(log), log.length])
        if (covers(clusterBootstrap(clusters, mean, { rng, method, resamples: 500 }))) covered++
      }
      expect(covered / simulations).toBeGreaterThanOrEqual(least)
      expect(covered / simulations).toBeLessThanOrEqual(most)
    },
  )

  it('would cover in under half, were frames taken for independent', () => {
    let covered = 0
    for (let i = 0; i < simulations; i++) {
      const rng = stream(seed, 'simulation', 30, i)
      if (covers(naive(Array.from({ length: 30 }, () => simulatedLog(rng)).flat()))) covered++
    }
    expect(covered / simulations).toBeLessThan(0.5)
  })
})

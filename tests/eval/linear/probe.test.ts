import { describe, expect, it } from 'vitest'
import { balancedAccuracy } from '../../../eval/metrics/accuracy.js'
import { onCounts } from '../../../eval/metrics/confusion.js'
import { type ProbeRows, probeClassification, probeRegression } from '../../../eval/probes/linear.js'
import { clusterBootstrap } from '../../../eval/statistics/bootstrap.js'
import { r2 } from '../../../eval/statistics/residuals.js'
import { DataError, UsageError } from '../../../pipeline/errors.js'
import { type Rng, stream } from '../../../pipeline/random.js'

const width = 6

/**
 * Logs of 20 rows. Each log has an offset of its own in every feature, as a site or a rig has; the target is read off
 * the first two.
 */
function logsOf(from: number, to: number, target: (x: Float64Array, rng: Rng) => number): ProbeRows {
  const rows = (to - from) * 20
  const features = new Float64Array(rows * width)
  const groups: string[] = []
  const targets: number[] = []
  for (let row = 0; row < rows; row++) {
    const log = from + Math.floor(row / 20)
    const rng = stream(5, 'row', log, row)
    const offsets = stream(5, 'log', log)
    const x = features.subarray(row * width, (row + 1) * width)
    for (let j = 0; j < width; j++) x[j] = rng.normal() + 0.5 * offsets.normal()
    groups.push(`log ${log}`)
    targets.push(target(x, rng))
  }
  return { features, width, groups, targets }
}

const sides = (target: (x: Float64Array, rng: Rng) => number) =>
  [logsOf(0, 15, target), logsOf(15, 30, target)] as const
const shuffled = (rows: ProbeRows): ProbeRows => ({
  ...rows,
  targets: stream(6, 'labels').shuffle(Array.from(rows.targets)),
})

describe('regression probe', () => {
  const [train, test] = sides((x, rng) => 1000 + 3 * x[0] - 2 * x[1] + 0.1 * rng.normal())

  it('reads off what is there, with its error in the target’s unit', () => {
    const probe = probeRegression(train, test, { rng: stream(7) })
    expect(probe.r2.value).toBeGreaterThan(0.99)
    expect(probe.r2.count).toBe(300)
    // Mean of |N(0, 0.1)| is 0.08.
    expect(probe.mae.value).toBeGreaterThan(0.06)
    expect(probe.mae.value).toBeLessThan(0.1)
    expect(probe.innerFolds).toBe(5)
    expect(probe.predictions).toHaveLength(300)
  })

  it('finds nothing in shuffled targets: R² about that of the mean, and the most penalty', () => {
    const probe = probeRegression(shuffled(train), test, { rng: stream(7) })
    expect(probe.r2.value).toBeLessThan(0.05)
    expect(probe.lambda).toBeGreaterThanOrEqual(1)
    expect(probe.chance.r2.value).toBeLessThanOrEqual(0)
    expect(probe.chance.mae.value! / probe.mae.value!).toBeCloseTo(1, 1)
  })

  it('its chance level by hand: training 1, 2, 9 has mean 4 and median 2; test 2, 6', () => {
    const rows = (targets: number[], group: string): ProbeRows => ({
      features: new Float64Array(targets.length),
      width: 1,
      targets,
      groups: targets.map(() => group),
    })
    const probe = probeRegression(rows([1, 2, 9], 'a'), rows([2, 6], 'b'), { rng: stream(7) })
    expect(probe.chance).toEqual({ r2: { value: 0, count: 2 }, mae: { value: 2, count: 2 } })
    expect([...probe.predictions]).toEqual([4, 4])
    expect(probe).toMatchObject({ innerFolds: 0, lambda: 0.1 })
  })

  it('does not let the test rows change the fit', () => {
    const moved = { ...test, features: test.features.map((value, i) => (i < width ? value : 1e6 * value)) }
    const probe = probeRegression(train, moved, { rng: stream(7) })
    expect(probe.predictions[0]).toBe(probeRegression(train, test, { rng: stream(7) }).predictions[0])
  })

  it('is the same for the same stream', () =>
    expect(probeRegression(train, test, { rng: stream(7) })).toEqual(probeRegression(train, test, { rng: stream(7) })))

  it('gives the bootstrap its logs, whose sum is the whole', () => {
    const probe = probeRegression(train, test, { rng: stream(7) })
    expect(probe.groups).toEqual(Array.from({ length: 15 }, (_, i) => `log ${15 + i}`))
    const interval = clusterBootstrap(probe.clusters, r2, { rng: stream(8) })
    expect(interval.value).toBeCloseTo(probe.r2.value!, 10)
    expect(interval).toMatchObject({ clusters: 15, method: 'bca' })
    expect(interval.low).toBeLessThan(probe.r2.value!)
  })

  it('is not applicable where the test targets do not vary', () => {
    const constant = { ...test, targets: new Float64Array(300).fill(1000) }
    expect(probeRegression(train, constant, { rng: stream(7) }).r2).toEqual({ value: null, count: 0 })
  })
})

describe('classification probe', () => {
  const [train, test] = sides((x) => (x[0] - x[1] > 0.5 ? 1 : 0))

  it('finds the separating direction', () => {
    const probe = probeClassification(train, test, { rng: stream(9), classes: 2 })
    expect(probe.converged).toBe(true)
    expect(probe.accuracy.value).toBeGreaterThan(0.95)
    expect(probe.balancedAccuracy.value).toBeGreaterThan(0.95)
    expect(probe.auroc!.value).toBeGreaterThan(0.99)
    expect(probe.accuracy.value).toBeGreaterThan(probe.chance.majority.value!)
  })

  it('is at chance on shuffled labels', () => {
    const probe = probeClassification(shuffled(train), test, { rng: stream(9), classes: 2 })
    expect(Math.abs(probe.auroc!.value! - 0.5)).toBeLessThan(0.15)
    expect(Math.abs(probe.balancedAccuracy.value! - 0.5)).toBeLessThan(0.1)
    expect(probe.chance.balancedAccuracy).toEqual({ value: 0.5, count: 300 })
  })

  it('tells three classes apart, without an AUROC', () => {
    const [three, unseen] = sides((x) => (x[0] > 0.5 ? 2 : x[1] > 0 ? 1 : 0))
    const probe = probeClassification(three, unseen, { rng: stream(9), classes: 3 })
    expect(probe.accuracy.value).toBeGreaterThan(0.85)
    expect(probe.auroc).toBeNull()
    expect(probe.probabilities).toHaveLength(900)
  })

  it('its chance level by hand: training 0 0 0 1, test 0 1 1', () => {
    const rows = (targets: number[], group: string): ProbeRows => ({
      features: new Float64Array(targets.length),
      width: 1,
      targets,
      groups: targets.map(() => group),
    })
    const probe = probeClassification(rows([0, 0, 0, 1], 'a'), rows([0, 1, 1], 'b'), { rng: stream(9), classes: 2 })
    expect(probe.chance).toEqual({
      majority: { value: 1 / 3, count: 3 },
      labelPrior: { value: (1 * 0.75 + 2 * 0.25) / 3, count: 3 },
      balancedAccuracy: { value: 0.5, count: 3 },
    })
    // Without features it says the majority.
    expect(probe.accuracy).toEqual({ value: 1 / 3, count: 3 })
    expect(probe.auroc).toEqual({ value: 0.5, count: 3 })
  })

  it('gives the bootstrap its logs', () => {
    const probe = probeClassification(train, test, { rng: stream(9), classes: 2 })
    const interval = clusterBootstrap(probe.clusters, onCounts(2, balancedAccuracy), { rng: stream(10) })
    expect(interval).toMatchObject({ value: probe.balancedAccuracy.value, clusters: 15 })
  })

  it('refuses a label that is no class', () => {
    const wrong = { ...test, targets: new Float64Array(300).fill(2) }
    expect(() => probeClassification(train, wrong, { rng: stream(9), classes: 2 })).toThrow(DataError)
  })
})

describe('every probe', () => {
  const [train, test] = sides((x) => (x[0] > 0 ? 1 : 0))
  const probes = [
    ['regression', (a: ProbeRows, b: ProbeRows) => probeRegression(a, b, { rng: stream(1) })],
    ['classification', (a: ProbeRows, b: ProbeRows) => probeClassification(a, b, { rng: stream(1), classes: 2 })],
  ] as const

  it.each(probes)('%s refuses a log on both sides', (_, probe) => {
    const leaking = { ...test, groups: test.groups.map((group, row) => (row === 7 ? 'log 3' : group)) }
    expect(() => probe(train, leaking)).toThrow(UsageError)
    expect(() => probe(train, leaking)).toThrow(/'log 3'/)
  })

  it.each(probes)('%s refuses columns of different lengths and no training rows', (_, probe) => {
    expect(() => probe({ ...train, targets: [1] }, test)).toThrow(DataError)
    expect(() => probe(train, { ...test, features: new Float64Array(7) })).toThrow(DataError)
    expect(() => probe({ features: new Float64Array(0), width, targets: [], groups: [] }, test)).toThrow(DataError)
  })
})

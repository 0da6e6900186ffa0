import { describe, expect, it } from 'vitest'
import { compareDefaults, compareTallies } from '../../../eval/compare/compareTallies.js'
import { type ComparisonRow, gainOf } from '../../../eval/compare/comparisonRow.js'
import { checkLimits, parseLimit } from '../../../eval/compare/limits.js'
import { sideOf } from '../../../eval/compare/population.js'
import { UsageError } from '../../../pipeline/errors.js'
import { stream } from '../../../pipeline/random.js'
import { type Handmade, handmadeTallies } from '../../support/handmadeTallies.js'

const seed = 3
const side = (handmade: Partial<Handmade> = {}) => sideOf('folder', handmadeTallies(handmade))
const config = { ...compareDefaults, resamples: 500 }
const compared = (a: Partial<Handmade>, b: Partial<Handmade>) => compareTallies(side(a), side(b), config, seed)
const rowOf = (rows: readonly ComparisonRow[], metric: string, slice = 'all', className: string | null = null) =>
  rows.find(
    (row) => row.task === 'forecast' && row.metric === metric && row.slice === slice && row.className === className,
  )!

/** Recall of a log: half, give or take what the log has of its own. */
const recall = (log: number) => 0.5 + 0.05 * Math.sin(7 * log)

describe(`two evaluations (seed ${seed})`, () => {
  it('that are the same differ nowhere, and nothing is called', () => {
    const { rows, unpaired } = compared({ recall }, { recall })
    expect(unpaired).toEqual([])
    expect(rows.length).toBeGreaterThan(50)
    for (const { outcome, valueA, difference, logs } of rows) {
      expect(['same', 'not-applicable', ...(logs < 3 ? ['insufficient-support'] : [])]).toContain(outcome)
      expect(difference).toBe(valueA === null ? null : 0)
    }
  })

  it('find what got better by a little on every log, though logs differ by more', () => {
    const { rows } = compared({ recall }, { recall: (log) => recall(log) + 0.03 })
    const iou = rowOf(rows, 'iou')
    // Each car voxel counts 1 in a union of all cars and cones: 0.03 of cars/(cars + 10).
    expect(iou.difference).toBeGreaterThan(0.026)
    expect(iou.difference).toBeLessThan(0.03)
    expect(iou).toMatchObject({ outcome: 'better', family: 'headline', logs: 12, logsLeftOut: 0 })
    expect(iou.probabilityBetter).toBe(1)
    expect(rowOf(rows, 'recall', 'all', 'car')).toMatchObject({ outcome: 'better', family: 'breakdown' })
    // Cones are found by neither, buses are not there.
    expect(rowOf(rows, 'recall', 'all', 'cone')).toMatchObject({ outcome: 'same', difference: 0 })
    expect(rowOf(rows, 'recall', 'all', 'bus')).toMatchObject({ outcome: 'not-applicable', difference: null })
  })

  it('find the slice that got worse, and mark slices of single logs', () => {
    const { rows } = compared({ recall }, { recall: (log) => recall(log) + (log % 2 === 0 ? -0.2 : 0.001 * log) })
    expect(rowOf(rows, 'iou', 'rig=north').outcome).toBe('worse')
    expect(rowOf(rows, 'iou', 'route=route-3')).toMatchObject({ outcome: 'insufficient-support', logs: 1, pHolm: null })
  })

  it('call next to nothing where there is only noise, however many slices are tested', () => {
    const noise = (name: string) => (log: number) => 0.5 + 0.1 * stream(seed, name, log).normal()
    let calls = 0
    for (let i = 0; i < 20; i++) {
      const { rows } = compared({ recall: noise(`a${i}`) }, { recall: noise(`b${i}`) })
      if (rows.some(({ outcome }) => outcome === 'better' || outcome === 'worse')) calls++
      for (const { p, pHolm } of rows) if (pHolm !== null) expect(pHolm).toBeGreaterThanOrEqual(p!)
    }
    // Two families at 5 % each: 2 of 20 expected at most.
    expect(calls).toBeLessThanOrEqual(4)
  })

  it('turn round with the sides', () => {
    const [a, b] = [{ recall }, { recall: (log: number) => recall(log) + 0.03 }]
    const [forth, back] = [rowOf(compared(a, b).rows, 'iou'), rowOf(compared(b, a).rows, 'iou')]
    expect(back.difference).toBe(-forth.difference!)
    expect(back.outcome).toBe('worse')
  })

  it('do not compare baselines', () => {
    expect(compared({}, {}).rows.some(({ model }) => model === 'copy')).toBe(false)
  })
})

describe('populations', () => {
  it('of other datasets, parts, windows or ego trajectories are refused, and all that differs is said', () => {
    const windows = { pastFrames: 4, strideFrames: 1, horizonsS: [1] }
    const other = { about: { dataset: 'e'.repeat(64), part: 'val', windows, ego: 'predicted' } }
    expect(() => compared({}, other)).toThrow(UsageError)
    expect(() => compared({}, other)).toThrow(
      /expected dataset dddddddddddd, part test, frames seen 2, ego trajectory given, found dataset eeeeeeeeeeee, part val, frames seen 4/,
    )
  })

  it('of another split are compared where the frames are the same', () => {
    expect(compared({}, { about: { split: 't'.repeat(64) } }).rows.length).toBeGreaterThan(50)
  })

  it('are compared on the logs of both, and every number says which are left out and why', () => {
    const b = handmadeTallies({ logs: 12 })
    for (const { frames } of b.tallies) frames.set('log-11', { count: 7, hash: 'other frames of log 11' })
    const { rows } = compareTallies(side({ logs: 13 }), sideOf('b', b), config, seed)
    for (const row of rows.filter(({ slice }) => slice === 'all'))
      expect(row).toMatchObject({
        logsLeftOut: 2,
        whyLeftOut: 'scored on other frames: log-11; only in A: log-12',
      })
    expect(rowOf(rows, 'iou').logs).toBe(11)
  })

  it('without a frame in common are refused, saying which windows they have', () => {
    const b = handmadeTallies({ about: { windows: { pastFrames: 2, strideFrames: 1, horizonsS: [1, 4] } } })
    for (const { frames } of b.tallies)
      for (const [logId, { count }] of frames) frames.set(logId, { count, hash: `others of ${logId}` })
    expect(() => compareTallies(side(), sideOf('b', b), config, seed)).toThrow(/horizons 1 s.*horizons 1, 4 s/)
  })

  it('on which copying scores differently were measured differently', () => {
    const b = handmadeTallies()
    b.tallies.find(({ model }) => model === 'copy')!.logs.get('log-0')![0]++
    expect(() => compareTallies(side(), sideOf('b', b), config, seed)).toThrow(/copy scores differently/)
  })

  it('that lack a number say so', () => {
    const b = handmadeTallies()
    b.tallies.splice(0, 1)
    expect(compareTallies(side(), sideOf('b', b), config, seed).unpaired).toEqual([
      { what: 'reconstruction latent occupancy occlab any horizon all', why: 'B has none' },
    ])
  })
})

describe('limits', () => {
  const better = compared({ recall }, { recall: (log) => recall(log) + 0.03 }).rows
  const worse = compared({ recall }, { recall: (log) => recall(log) - 0.03 }).rows
  const noisy = compared({ recall }, { recall: (log) => recall(log) + 0.05 * Math.sin(3 * log + 1) }).rows
  const check = (rows: readonly ComparisonRow[], words: string, kind: 'fail' | 'pass' = 'fail') =>
    checkLimits(rows, [parseLimit(words, kind)], 3)

  it.each([
    ['iou=-0.01', { metric: 'iou', className: null, horizonS: null, threshold: -0.01 }],
    ['recall:traffic_cone@2=−0.05', { metric: 'recall', className: 'traffic_cone', horizonS: 2, threshold: -0.05 }],
    ['miou@0.5=.02', { metric: 'miou', className: null, horizonS: 0.5, threshold: 0.02 }],
  ])('%s', (words, limit) => expect(parseLimit(words, 'fail')).toMatchObject(limit))

  it.each(['iou', 'iou=', '=0.1', 'iou=little', 'iou@soon=0.1'])('refuse %s', (words) => {
    expect(() => parseLimit(words, 'fail')).toThrow(UsageError)
  })

  it('hold every task and horizon that they fit', () => {
    expect(check(better, 'iou=-0.01').map(({ row, isBroken }) => [row.task, isBroken])).toEqual([
      ['reconstruction', false],
      ['forecast', false],
    ])
    expect(check(better, 'iou@1=0').map(({ row }) => row.task)).toEqual(['forecast'])
  })

  it('break where B is shown to be worse by more than they allow', () => {
    expect(check(worse, 'iou@1=-0.01')[0]).toMatchObject({ isBroken: true, verdict: 'fail' })
    expect(check(worse, 'iou@1=-0.1')[0]).toMatchObject({ isBroken: false, verdict: 'pass' })
    expect(check(worse, 'recall:car@1=-0.01')[0].isBroken).toBe(true)
  })

  it('where it cannot be told, --fail-below does not break and --pass-above does', () => {
    const { low, high } = rowOf(noisy, 'iou')
    const between = `iou@1=${((low! + high!) / 2).toFixed(6)}`
    expect(check(noisy, between)[0]).toMatchObject({ isBroken: false, verdict: 'insufficient-support' })
    expect(check(noisy, between, 'pass')[0].isBroken).toBe(true)
  })

  it('that fit nothing are refused with the metrics there are', () => {
    expect(() => check(better, 'luck=0')).toThrow(/miou/)
  })

  it('turn errors round: what is lower is better', () => {
    const error = { ...rowOf(better, 'iou'), better: 'lower' as const, difference: 0.2, low: 0.1, high: 0.4 }
    expect(gainOf(error)).toEqual({ value: -0.2, low: -0.4, high: -0.1 })
  })
})

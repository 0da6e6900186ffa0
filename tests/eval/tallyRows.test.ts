import { describe, expect, it } from 'vitest'
import { withHolm } from '../../eval/holmRows.js'
import { occupancy } from '../../eval/measures/occupancy.js'
import { policies } from '../../eval/metrics/policies.js'
import { Sampler } from '../../eval/sampler.js'
import { Scoreboard } from '../../eval/scoreboard.js'
import { gainRows, type RowContext, rowsOf, slicedRows } from '../../eval/tallyRows.js'
import { gridNamed } from '../../pipeline/grid.js'
import { identity } from '../../pipeline/pose.js'
import type { Frame } from '../../pipeline/schema.js'
import { classIndex, freeIndex, taxonomies } from '../../pipeline/taxonomy.js'

const taxonomy = taxonomies.fleet
const [free, car, cone] = [freeIndex(taxonomy), classIndex(taxonomy, 'car'), classIndex(taxonomy, 'cone')]
const world = { grid: gridNamed('compact'), taxonomy, rateHz: 2 }
const context: RowContext = {
  world,
  sampler: new Sampler(1, 200),
  minLogs: 3,
  ego: 'given',
  part: 'test',
  population: { reconstruction: 'some frames', forecast: 'some windows' },
  dataset: 'd',
  split: 's',
  run: 'r',
}

/** Eight voxels a log: two cars, one cone, five free; the last voxel is not observed. */
const truth = {
  semantics: Uint8Array.of(car, car, cone, free, free, free, free, car),
  observed: Uint8Array.of(0b01111111),
} as Frame
const perfect = Uint8Array.of(car, car, cone, free, free, free, free, free)
/** Misses a car and the cone, and invents a car. */
const poor = Uint8Array.of(car, free, free, car, free, free, free, free)

const scored = { truth, objects: null, occupied: null, horizonS: 1, cityFromEgo: identity }

function board() {
  const scores = new Scoreboard(world, [occupancy], [policies.occlab])
  const forecast = { task: 'forecast', horizonS: 1 } as const
  for (const logId of ['a', 'b', 'c']) {
    scores.addFrame({ ...forecast, model: 'dynamics' }, { ...scored, predicted: perfect })
    scores.addFrame({ ...forecast, model: 'warp' }, { ...scored, predicted: poor })
    scores.endLog(logId)
  }
  return scores
}

const tallyOf = (scores: Scoreboard, wanted: string) => scores.all().find(({ model }) => model === wanted)!

describe('rows of an occupancy evaluation', () => {
  it('scores observed voxels alone, over all logs', () => {
    const rows = rowsOf(tallyOf(board(), 'dynamics'), context)
    const iou = rows.find(({ metric }) => metric === 'iou')!
    expect(iou).toMatchObject({
      value: 1,
      count: 9,
      clusters: 3,
      mask: 'observed',
      ego: 'given',
      population: 'some windows',
    })
  })

  it('gives the numbers one can count by hand', () => {
    const rows = rowsOf(tallyOf(board(), 'warp'), context)
    const of = (metric: string, className: string | null = null) =>
      rows.find((row) => row.metric === metric && row.className === className)!
    // Occupied: truth 3, predicted 2, both 1, either 4 in each log.
    expect(of('iou')).toMatchObject({ value: 1 / 4, count: 12 })
    expect(of('recall', 'car')).toMatchObject({ value: 1 / 2, count: 6 })
    expect(of('precision', 'car')).toMatchObject({ value: 1 / 2, count: 6 })
    expect(of('rare_recall')).toMatchObject({ value: 0, count: 3 })
    // Classes in the truth: car with IoU 1/3 and cone with 0.
    expect(of('miou').value).toBeCloseTo(1 / 6, 12)
  })

  it('has no number for a class that is not there', () => {
    const rows = rowsOf(tallyOf(board(), 'warp'), context)
    const bus = rows.find(({ metric, className }) => metric === 'class_iou' && className === 'bus')!
    expect(bus).toMatchObject({ value: null, count: 0, low: null, high: null, verdict: 'not-applicable' })
  })

  it('says by how much, and how surely, a model beats a baseline on the same logs', () => {
    const scores = board()
    const [iou] = gainRows(tallyOf(scores, 'dynamics'), tallyOf(scores, 'warp'), context)
    expect(iou).toMatchObject({ metric: 'iou_gain_over_warp', value: 3 / 4, remark: 'P(better) = 1.000' })
  })

  it('rests a gain on nothing where one side has nothing', () => {
    const scores = board()
    const warp = tallyOf(scores, 'warp')
    const nothing = { ...warp, logs: new Map([...warp.logs].map(([id, sums]) => [id, new Float64Array(sums.length)])) }
    const [iou] = gainRows(tallyOf(scores, 'dynamics'), nothing, context)
    expect(iou).toMatchObject({ value: null, count: 0, verdict: 'not-applicable' })
  })

  it('slices by log and leaves out slices without logs', () => {
    const tally = tallyOf(board(), 'dynamics')
    const sliceOf = (name: string, ...logIds: string[]) => ({ name, logIds: new Set(logIds) })
    const rows = slicedRows(tally, sliceOf('rig=x', 'a', 'b'), context, false)
    expect(rows.map(({ metric, slice, clusters }) => [metric, slice, clusters])).toEqual(
      ['iou', 'miou', 'rare_recall'].map((metric) => [metric, 'rig=x', 2]),
    )
    expect(slicedRows(tally, sliceOf('rig=y', 'z'), context, true)).toEqual([])
  })
})

describe('what few logs can say', () => {
  it('a perfect score on three logs is no certainty: Wilson over logs', () => {
    const [iou] = rowsOf(tallyOf(board(), 'dynamics'), context)
    // 3 of 3: the lower bound is 3 / (3 + 1.96²).
    expect(iou).toMatchObject({ value: 1, high: 1, interval: 'wilson', verdict: null })
    expect(iou.low).toBeCloseTo(0.4385, 4)
    expect(iou.remark).toMatch(/fewer than 5 logs/)
  })

  it('marks what rests on fewer logs than asked for, and keeps its value', () => {
    const [iou] = rowsOf(tallyOf(board(), 'dynamics'), { ...context, minLogs: 4 })
    expect(iou).toMatchObject({ value: 1, clusters: 3, verdict: 'insufficient-support' })
  })
})

/** Logs of which those of rig `bad` miss a car that the others find, in one or two voxels of seven. */
function unequal() {
  const scores = new Scoreboard(world, [occupancy], [policies.occlab])
  for (let i = 0; i < 24; i++) {
    const predicted = Uint8Array.from(perfect)
    if (i % 3 === 0) predicted[0] = free
    if (i % 2 === 0) predicted[3] = car
    if (i % 5 === 0) predicted[4] = car
    scores.addFrame({ task: 'forecast', model: 'dynamics', horizonS: 1 }, { ...scored, predicted })
    scores.endLog(`log${i}`)
  }
  return tallyOf(scores, 'dynamics')
}

describe('a slice against the rest', () => {
  const logIds = (keeps: (i: number) => boolean) =>
    new Set(Array.from({ length: 24 }, (_, i) => i).flatMap((i) => (keeps(i) ? [`log${i}`] : [])))
  const restOf = (keeps: (i: number) => boolean, minLogs = 3) =>
    slicedRows(unequal(), { name: 'rig=x', logIds: logIds(keeps) }, { ...context, minLogs }, true).find(
      ({ metric }) => metric === 'iou_minus_rest',
    )!

  it('finds the slice that is worse, with the difference one can count', () => {
    const row = restOf((i) => i % 3 === 0)
    // Truth 3 a log. Worse logs: both 2; either 3, and one more where i is even (4 of 8), and where it is a fifth (2 of 8).
    // The rest: both 3; either 3, one more in 8 of 16, and in 3 of 16.
    expect(row.value).toBeCloseTo(16 / 30 - 48 / 59, 12)
    expect(row.high).toBeLessThan(0)
    expect(row.p).toBeLessThan(0.001)
    expect(row).toMatchObject({ clusters: 8, measure: 'occupancy', better: 'higher' })
  })

  it('finds nothing where there is nothing, and tests nothing on too few logs', () => {
    expect(restOf((i) => i < 12).p).toBeGreaterThan(0.05)
    const few = restOf((i) => i < 4, 5)
    expect(few).toMatchObject({ p: null, low: null, interval: 'none', verdict: 'insufficient-support' })
    expect(few.value).not.toBeNull()
    expect(few.remark).toBe('4 logs against 20, and a test takes 5 on either side')
  })

  it('is corrected for the number of slices', () => {
    const rows = [0.01, 0.04, 0.03].map((p, i) => ({
      ...restOf((each) => each % 3 === 0),
      ...{ slice: `rig=${i}`, p, remark: null },
    }))
    expect(withHolm(rows).map(({ pHolm }) => pHolm)).toEqual([0.03, 0.06, 0.06])
    expect(withHolm(rows)[0].remark).toBe('Holm over 3 slices and horizons')
    // Another model's slices are another family.
    const other = { ...rows[1], model: 'other' }
    expect(withHolm([rows[0], other]).map(({ pHolm }) => pHolm)).toEqual([0.01, 0.04])
  })
})

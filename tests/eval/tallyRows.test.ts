import { describe, expect, it } from 'vitest'
import { occupancy } from '../../eval/measures/occupancy.js'
import { policies } from '../../eval/metrics/policies.js'
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
  seed: 1,
  resamples: 200,
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

function board() {
  const scores = new Scoreboard(world, [occupancy], [policies.occlab])
  const forecast = { task: 'forecast', horizonS: 1 } as const
  const scored = { truth, objects: null, occupied: null, horizonS: 1, cityFromEgo: identity }
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

  it('slices by log and leaves out slices without logs', () => {
    const tally = tallyOf(board(), 'dynamics')
    expect(slicedRows(tally, 'rig=x', new Set(['a', 'b']), context)[0]).toMatchObject({ slice: 'rig=x', clusters: 2 })
    expect(slicedRows(tally, 'rig=y', new Set(['z']), context)).toEqual([])
  })
})

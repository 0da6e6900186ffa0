import { expect, test } from 'vitest'
import { inflationTable, meaningOf } from '../../cli/inflationTable.js'
import { type InflationContext, inflationRows, type Repeat } from '../../eval/inflation/inflationRows.js'
import { policyNamed } from '../../eval/metrics/policies.js'

test.each([
  ['no truth', { value: null, low: null, high: null }, [], 'nothing to measure'],
  ['a single test log', { value: 0.1, low: null, high: null }, [0.1, 0.1], 'too few test logs'],
  ['an interval that holds 0', { value: 0.01, low: -0.02, high: 0.03 }, [0, 0.02], 'above +0.030 it is unlikely'],
  ['one repeat', { value: 0.1, low: 0.05, high: 0.2 }, [0.1], 'one repeat cannot tell'],
  ['repeats of two signs', { value: 0.1, low: 0.05, high: 0.2 }, [-0.1, 0.3], 'single repeats differ in sign'],
  [
    'a gain in all',
    { value: 0.1, low: 0.05, high: 0.2 },
    [0.08, 0.12],
    'credits the same model with +0.100: that much',
  ],
  [
    'a loss in all',
    { value: -0.1, low: -0.2, high: -0.05 },
    [-0.1, -0.1],
    '−0.100: here the leaky frames taught it less',
  ],
] as const)('what may be concluded from %s', (_, row, single, words) => {
  expect(meaningOf('IoU', row, single)).toContain(words)
})

/** free, and one class, which is rare. */
const taxonomy = {
  name: 'two',
  classes: [
    { name: 'free', colour: '#000000', superclass: 'free', rare: false },
    { name: 'cone', colour: '#ff0000', superclass: 'object', rare: true },
  ],
} as never
const context: InflationContext = {
  ...{ taxonomy, policy: policyNamed('occlab'), seed: 1, resamples: 100, population: '2 frames of 2 logs' },
  ...{ dataset: 'd', split: 's', run: 'r' },
}
/** Of 10 cones `hits` are found; no free voxel is mistaken: rows truth, columns prediction. */
const cones = (hits: number) => [90, 0, 10 - hits, hits]
const repeat = (clean: number, leaky: number): Repeat => ({
  clean: { a: cones(clean), b: cones(clean) },
  leaky: { a: cones(leaky), b: cones(leaky) },
})

test('scores of both sides, their difference over all repeats, and the spread of the single ones', () => {
  const rows = inflationRows([repeat(4, 6), repeat(6, 7)], context)
  const found = (model: string, metric: string, slice = 'all') =>
    rows.find((row) => row.model === model && row.metric === metric && row.slice === slice)
  // 4 and 6 of 10, then 6 and 7 of 10, in each of two logs.
  expect(found('clean', 'rare_recall')).toMatchObject({ value: 0.5, count: 40 })
  expect(found('leaky', 'rare_recall')!.value).toBeCloseTo(0.65, 12)
  expect(found('leaky − clean', 'rare_recall_inflation')!.value).toBeCloseTo(0.15, 12)
  expect(found('leaky − clean', 'rare_recall_inflation', 'repeat=1')!.value).toBeCloseTo(0.2, 12)
  expect(found('leaky − clean', 'rare_recall_inflation', 'repeat=2')!.value).toBeCloseTo(0.1, 12)
  const side = { medianM: null, within5M: 0 }
  const table = inflationTable(rows, { clean: side, leaky: { medianM: 2.5, within5M: 0.75 } })
  expect(table.find((line) => line.startsWith('rare recall'))).toMatch(
    /0\.500 .* 0\.650 .* 0\.150 .*\+0\.100 to \+0\.200/,
  )
  expect(table.join('\n')).toContain(
    'clean none at the site for most, 0 % within 5 m; leaky 2.5 m (median), 75 % within 5 m',
  )
})

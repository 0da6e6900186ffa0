import { expect, test } from 'vitest'
import { isMet, type Measured } from '../../bench/bench.js'
import { byTurns, median, sidesOf, timesFaster } from '../../bench/rounds.js'
import { lineOf, sectionOf } from '../../bench/table.js'

test('the median of an odd and of an even number of rounds', () => {
  expect(median([5, 1, 3])).toBe(3)
  expect(median([4, 1, 3, 2])).toBe(2.5)
})

test('how many times faster is told round by round: median, lowest, highest', () => {
  expect(timesFaster([1, 2, 4], [4, 4, 4])).toEqual({ value: 2, range: [1, 4] })
})

test('sides are medians in milliseconds for one of what a round holds', () => {
  expect(sidesOf({ ours: [0.1, 0.3, 0.2], theirs: [1, 1, 1] }, 10)).toBe('ours 20.0 ms, theirs 100 ms')
})

test('sides run by turns, and the first rounds do not count', async () => {
  const order: string[] = []
  const side = (name: string) => ({
    cpuS: async () => {
      order.push(name)
      return order.length
    },
  })
  expect(await byTurns([side('a'), side('b')], 2, 1)).toEqual([
    [3, 5],
    [4, 6],
  ])
  expect(order.join('')).toBe('ababab')
})

const faster: Measured = { what: 'against it', value: 1.5, unit: '×', target: { atLeast: 2 }, range: [1, 1.75] }

test.each<[Measured['target'], boolean]>([
  [{ atLeast: 1.5 }, true],
  [{ atLeast: 1.6 }, false],
  [{ atMost: 1.5 }, true],
  [{ atMost: 1.4 }, false],
  [null, true],
])('1.5 against %j', (target, met) => {
  expect(isMet({ ...faster, target })).toBe(met)
})

test('a missed target is marked as one', () => {
  expect(lineOf({ ...faster, sides: 'a, b' })).toBe('✗ 1.50 ×, 1 to 1.75 (at least 2 ×)  against it: a, b\n')
  expect(sectionOf('How fast?', 'npm run bench -- x', [faster])).toContain(
    '| 1.50 ×, 1 to 1.75 | at least 2 × | missed |',
  )
})

import { expect, test } from 'vitest'
import { findJumps } from '../../../pipeline/ingest/findJumps.js'
import { stream } from '../../../pipeline/random.js'

interface Row {
  timeS: number
  x: number
  yaw?: number
  /** Scales the quaternion, as rounding in a file does. */
  norm?: number
}

/** Indices of the later poses. */
function jumps(rows: Row[]): number[] {
  const column = (of: (row: Row) => number) => Float64Array.from(rows, of)
  const zeros = new Float64Array(rows.length)
  const q = [
    column(({ yaw = 0, norm = 1 }) => norm * Math.cos(yaw / 2)),
    zeros,
    zeros,
    column(({ yaw = 0, norm = 1 }) => norm * Math.sin(yaw / 2)),
  ]
  const timesNs = column(({ timeS }) => Math.round(timeS * 1e9))
  return findJumps({ timesNs, q, t: [column(({ x }) => x), zeros, zeros] }, 1e9).map(({ index }) => index)
}

/** 10 m/s, ten poses a second. */
const drive = (): Row[] => Array.from({ length: 20 }, (_, i) => ({ timeS: i / 10, x: i }))

test('a steady drive has none, nor has one of 25 m/s with full braking', () => {
  expect(jumps(drive())).toEqual([])
  const braking = Array.from({ length: 20 }, (_, i) => ({ timeS: i / 10, x: 2.5 * i - 0.5 * 10 * (i / 10) ** 2 }))
  expect(jumps(braking)).toEqual([])
})

test('a step of 3 m sideways of the way is one, and what follows it is none', () => {
  expect(jumps(drive().map((row, i) => ({ ...row, x: row.x + (i >= 8 ? 3 : 0) })))).toEqual([8])
})

test('one pose that stands off is two: there and back', () => {
  expect(jumps(drive().map((row, i) => ({ ...row, x: row.x + (i === 8 ? 3 : 0) })))).toEqual([8, 9])
})

test('100 m/s is one, however steady', () => {
  expect(jumps([0, 1, 2, 3].map((i) => ({ timeS: i / 10, x: 10 * i })))).toEqual([1, 2, 3])
})

test('a jump of 1.1 m at a log’s start is none: nothing before it says how fast it came', () => {
  expect(
    jumps([
      { timeS: 0, x: 0 },
      { timeS: 0.1, x: 1.1 },
    ]),
  ).toEqual([])
})

test('two poses a nanosecond and a millimetre apart are none', () => {
  const rows = drive()
  rows.splice(5, 0, { timeS: 0.4 + 1e-9, x: 4.001 })
  expect(jumps(rows)).toEqual([])
})

test('a turn of 1 rad in 0.1 s is one; of 0.3 rad it is none', () => {
  expect(jumps(drive().map((row, i) => ({ ...row, yaw: i >= 8 ? 1 : 0 })))).toEqual([8])
  expect(jumps(drive().map((row, i) => ({ ...row, yaw: i >= 8 ? 0.3 : 0 })))).toEqual([])
})

test('a quaternion that rounding made 1 % too long turns nothing', () => {
  expect(jumps(drive().map((row, i) => ({ ...row, norm: i % 2 ? 0.991 : 1.009 })))).toEqual([])
})

test('a stretch of more than a second is a gap, not a jump', () => {
  expect(jumps(drive().map((row, i) => (i >= 8 ? { timeS: row.timeS + 2, x: row.x + 500 } : row)))).toEqual([])
})

test.each([1, 2, 3, 4, 5, 6, 7, 8])('a planted step is found where it is, and nowhere else (seed %i)', (seed) => {
  const random = stream(seed, 'jumps')
  const everyS = 0.005 + 0.1 * random.float()
  const at = 5 + random.int(40)
  let [x, speed] = [0, 5 + 20 * random.float()]
  const rows = Array.from({ length: 50 }, (_, i) => {
    speed += (random.float() - 0.5) * 10 * everyS
    x += speed * everyS + (i === at ? 4 : 0)
    return { timeS: i * everyS, x }
  })
  expect(jumps(rows)).toEqual([at])
})

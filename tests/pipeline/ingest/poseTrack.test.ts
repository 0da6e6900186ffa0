import { expect, test } from 'vitest'
import { DataError } from '../../../pipeline/errors.js'
import { PoseTrack } from '../../../pipeline/ingest/poseTrack.js'
import type { LeftOutPoses } from '../../../pipeline/ingest/usablePoses.js'
import { yawOf } from '../../../pipeline/pose.js'
import { startNs, timestampNs } from './smallLog.js'

interface Row {
  timeS: number
  x?: number
  yaw?: number
  q?: number[]
}

function track(rows: Row[]): PoseTrack {
  const q = rows.map(({ yaw = 0, q: given }) => given ?? [Math.cos(yaw / 2), 0, 0, Math.sin(yaw / 2)])
  return new PoseTrack({
    file: 'poses.feather',
    timestampNs: BigInt64Array.from(rows, ({ timeS }) => timestampNs(timeS)),
    q: [0, 1, 2, 3].map((i) => Float64Array.from(q, (row) => row[i])),
    t: [Float64Array.from(rows, ({ x = 0 }) => x), new Float64Array(rows.length), new Float64Array(rows.length)],
  })
}

test('between poses: straight in place, spherical in heading', () => {
  const poses = track([{ timeS: 0 }, { timeS: 0.5, x: 10, yaw: 1 }])
  const { q, t } = poses.at(0.125e9)
  expect(t[0]).toBeCloseTo(2.5, 12)
  expect(yawOf(q)).toBeCloseTo(0.25, 12)
})

test('the shorter way round, whatever the sign of the quaternions', () => {
  const poses = track([
    { timeS: 0, q: [1, 0, 0, 0] },
    { timeS: 0.5, q: [-Math.cos(0.1), 0, 0, -Math.sin(0.1)] },
  ])
  expect(yawOf(poses.at(0.25e9).q)).toBeCloseTo(0.1, 12)
})

test('just beyond the ends it goes on at the velocity there', () => {
  const poses = track([{ timeS: 0 }, { timeS: 0.1, x: 1 }, { timeS: 0.2, x: 3 }])
  expect(poses.at(-0.1e9).t[0]).toBeCloseTo(-1, 12)
  expect(poses.at(0.3e9).t[0]).toBeCloseTo(5, 12)
})

test('two poses a nanosecond apart at the end do not throw it off', () => {
  const poses = track([{ timeS: 0 }, { timeS: 0.1, x: 1 }, { timeS: 0.2, x: 2 }, { timeS: 0.200000001, x: 2.001 }])
  expect(poses.at(0.3e9).t[0]).toBeCloseTo(3, 1)
})

test('a single pose stands still', () => {
  expect(track([{ timeS: 0, x: 4 }]).at(0.1e9).t[0]).toBe(4)
})

test.each([
  ['before the first pose', -0.16],
  ['after the last pose', 0.66],
])('%s by more than 0.15 s: names the file and the time', (_name, timeS) => {
  const poses = track([{ timeS: 0 }, { timeS: 0.5 }])
  expect(() => poses.at(timeS * 1e9)).toThrow(DataError)
  expect(() => poses.at(timeS * 1e9)).toThrow(
    `poses.feather, timestamp_ns ${startNs + BigInt(Math.round(timeS * 1e9))}`,
  )
})

test('a gap of more than a second is not bridged', () => {
  const poses = track([{ timeS: 0 }, { timeS: 1.5 }])
  expect(() => poses.at(0.7e9)).toThrow('poses 1.50 s apart')
})

test('at a pose there is one, also where the next are seconds away, as keyframes of a map are', () => {
  const poses = track([{ timeS: 0 }, { timeS: 1.5, x: 3 }, { timeS: 4 }])
  expect(poses.at(1.5e9).t).toEqual([3, 0, 0])
  expect(() => poses.at(1.5e9 + 1)).toThrow('poses 2.50 s apart')
})

test.each<[string, Row[], string]>([
  ['no rows', [], 'no poses'],
  ['nothing but a quaternion of zeros', [{ timeS: 0, q: [0, 0, 0, 0] }], 'row 0: poseRows: the log is not fit'],
])('%s is refused', (_name, rows, message) => {
  expect(() => track(rows)).toThrow(message)
})

const notLater = 'not later than the pose before it'
test.each<[string, Row[], LeftOutPoses[]]>([
  ['a time twice', [{ timeS: 0 }, { timeS: 0.1, x: 1 }, { timeS: 0.1, x: 7 }], [{ why: notLater, row: 2, count: 1 }]],
  [
    'a clock that runs backwards',
    [{ timeS: 0 }, { timeS: 0.1, x: 1 }, { timeS: 0.02 }, { timeS: 0.05 }],
    [{ why: notLater, row: 2, count: 2 }],
  ],
  [
    'NaN metres and a quaternion of zeros',
    [{ timeS: -0.1, x: Number.NaN }, { timeS: 0 }, { timeS: 0.05, q: [0, 0, 0, 0] }, { timeS: 0.1, x: 1 }],
    [{ why: 'not a pose', row: 0, count: 2 }],
  ],
])('%s: left out and told, and the rest is a track', (_name, rows, leftOut) => {
  const poses = track(rows)
  expect(poses.leftOut).toEqual(leftOut)
  expect(poses.startNs).toBe(startNs)
  expect([...poses.timesNs]).toEqual([0, 0.1e9])
  expect(poses.at(0.05e9).t[0]).toBeCloseTo(0.5, 12)
})

test('a kept pose knows its row in the file', () => {
  const poses = track([{ timeS: 0 }, { timeS: 0 }, { timeS: 0.1 }])
  expect([poses.placeOf(0), poses.placeOf(1), poses.rowCount]).toEqual(['row 0', 'row 2', 3])
})

test('times are exact to the nanosecond', () => {
  const poses = track([{ timeS: 0 }, { timeS: 0.5 }])
  expect(poses.timestampNs(poses.timeNs(startNs + 123_456_789n))).toBe(startNs + 123_456_789n)
})

import { describe, expect, test } from 'vitest'
import { BoxTracks } from '../../../../pipeline/ingest/occupancy/boxTracks.js'
import { PoseTrack } from '../../../../pipeline/ingest/poseTrack.js'
import type { Box, BoxSource, Sweep } from '../../../../pipeline/ingest/reader.js'
import { type Pose, poseFromYaw } from '../../../../pipeline/pose.js'
import { columnsOf, straightPoses } from '../smallLog.js'

const box = (xM: number, trackId = 'a', yawRad = 0): Box => ({
  ...{ trackId, category: 'CAR', sizeM: [4, 2, 1.6], interiorPoints: 5 },
  egoFromBox: poseFromYaw(yawRad, [xM, 0, 1]),
})

/** Annotated boxes by time in seconds. */
function source(byTime: Record<string, Box[]>, atTheirTime = true): BoxSource {
  const times = Object.keys(byTime).sort((a, b) => Number(a) - Number(b))
  return {
    timesNs: Float64Array.from(times, (timeS) => 1e9 * Number(timeS)),
    at: (index) => byTime[times[index]],
    ...{ categories: [], source: 'made up', atTheirTime },
  }
}

/** The ego drives along x; at 20 m/s where nothing else is said. */
const tracks = (byTime: Record<string, Box[]>, poses = straightPoses(2, 20)) =>
  new BoxTracks(source(byTime), new PoseTrack(columnsOf(poses)))
const xOf = (boxes: readonly Box[]) => boxes.map(({ egoFromBox }) => Math.round(1e6 * egoFromBox.t[0]) / 1e6)

describe('between two annotated times', () => {
  // In the city it drives from 10 to 40 m, the ego from 0 to 10.
  const byTime = { '0': [box(10), box(5, 'gone')], '0.5': [box(30), box(8, 'late')] }

  test('a track is where the way from one to the other leads in the city; what only one of them has is left out', () => {
    const found = tracks(byTime).at(0.1e9)
    expect(found.map(({ trackId }) => trackId)).toEqual(['a'])
    // City 16, ego 2.
    expect(xOf(found)).toEqual([14])
    expect(found[0].interiorPoints).toBeNull()
  })

  test('nothing is known beyond them and in a gap of more than 0.6 s', () => {
    expect([0, 0.3, 0.5].map((timeS) => tracks(byTime).covers(1e9 * timeS))).toEqual([true, true, true])
    const apart = { '0': [box(10)], '0.6': [box(10)], '1.3': [box(10)] }
    expect([-0.1, 0.3, 0.9, 1.4].map((timeS) => tracks(apart).covers(1e9 * timeS))).toEqual([false, true, false, false])
    expect(tracks(apart).at(0.9e9)).toEqual([])
  })

  test('nor beside a time without a pose: the log keeps its frames', () => {
    const early = tracks({ '-0.3': [box(10)], '0.1': [box(12)], '0.5': [box(20)] })
    expect(early.covers(0.05e9)).toBe(false)
    expect(early.at(0.05e9)).toEqual([])
    expect(early.covers(0.2e9)).toBe(true)
  })

  test('nor across a jump of the poses, whose way nothing drove', () => {
    const jumped = straightPoses(2, 20).map(({ timeS, pose }) => ({
      timeS,
      pose: timeS < 0.35 ? pose : ({ ...pose, t: [pose.t[0], 50, 0] } satisfies Pose),
    }))
    const found = tracks({ ...byTime, '1': [box(50)] }, jumped)
    expect(found.covers(0.1e9)).toBe(false)
    expect(xOf(found.at(0.75e9))).toEqual([40])
  })

  test('boxes that share an id are not taken for one another', () => {
    const shared = tracks({ '0': [box(10, '7'), box(30, '7'), box(50, 'c')], '0.5': [box(10, '7'), box(0, 'c')] })
    expect(shared.at(0)).toHaveLength(3)
    expect(xOf(shared.at(0.25e9))).toEqual([25])
  })
})

describe('motions within a sweep', () => {
  const sweep = (offsetNs: number): Sweep => ({
    ...{ timeNs: 0.5e9, count: 1, pointsM: new Float32Array(3), lidar: new Uint8Array(1), category: null },
    ...{ offsetNs: Int32Array.of(offsetNs), file: 'sweep', source: 'sweep' },
  })
  const moved = (byTime: Record<string, Box[]>, offsetNs: number, poses = straightPoses(2, 20)) => {
    const boxes = byTime['0.5']
    const motions = tracks(byTime, poses).motionsIn(sweep(offsetNs), boxes)
    return motions && boxes.map((_, b) => Math.round(1e6 * motions.travelM(b, 0)) / 1e6)
  }

  test('what stands does not move, though the next annotated time is half a millisecond off the last point', () => {
    // At 20 m/s the ego comes 2 m nearer in 0.1 s.
    const standing = { '0.5': [box(10)], '0.6': [box(8)] }
    expect(moved(standing, 99.5e6)).toEqual([0])
    expect(moved(standing, 100.5e6)).toEqual([0])
  })

  test('what drives at 10 m/s goes 1 m in 0.1 s, seen ahead or behind', () => {
    expect(moved({ '0.5': [box(10)], '0.6': [box(9)] }, 100e6)).toEqual([1])
    expect(moved({ '0.4': [box(11)], '0.5': [box(10)] }, 100e6)).toEqual([1])
    expect(moved({ '0.4': [box(11)], '0.5': [box(10)] }, -100e6)).toEqual([1])
  })

  test('boxes that share an id are taken to stand', () => {
    expect(moved({ '0.5': [box(10), box(30)], '0.6': [box(9), box(29)] }, 100e6)).toEqual([0, 0])
    expect(moved({ '0.5': [box(10)], '0.6': [box(9), box(29)] }, 100e6)).toEqual([0])
  })

  test('no motion is told by what is seen after a jump of the poses', () => {
    const jumped = straightPoses(2, 20).map(({ timeS, pose }) => ({
      timeS,
      pose: timeS < 0.55 ? pose : ({ ...pose, t: [pose.t[0], 50, 0] } satisfies Pose),
    }))
    expect(moved({ '0.4': [box(11)], '0.5': [box(10)], '0.6': [box(8)] }, 100e6, jumped)).toEqual([1])
  })

  test('there are none where boxes are drawn around the points, and where all points are of one time', () => {
    const byTime = { '0.5': [box(10)], '0.6': [box(9)] }
    const drawn = new BoxTracks(source(byTime, false), new PoseTrack(columnsOf(straightPoses(2, 20))))
    expect(drawn.motionsIn(sweep(100e6), byTime['0.5'])).toBeNull()
    expect(moved(byTime, 0.9e6)).toBeNull()
  })
})

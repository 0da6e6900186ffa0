import { describe, expect, test } from 'vitest'
import { BoxIndex } from '../../../pipeline/ingest/occupancy/boxIndex.js'
import { BoxTracks } from '../../../pipeline/ingest/occupancy/boxTracks.js'
import { CarriedBoxes } from '../../../pipeline/ingest/occupancy/carriedBoxes.js'
import { PoseTrack } from '../../../pipeline/ingest/poseTrack.js'
import type { Box, BoxSource } from '../../../pipeline/ingest/reader.js'
import {
  invert,
  type Pose,
  poseFromYaw,
  quaternionFromEuler,
  transform,
  type Vec3,
  yawOf,
} from '../../../pipeline/pose.js'
import { stream } from '../../../pipeline/random.js'
import { columnsOf, straightPoses } from './smallLog.js'

function box(trackId: string, egoFromBox: Pose, sizeM: Vec3 = [4, 2, 2]): Box {
  return { trackId, category: 'CAR', sizeM, egoFromBox, interiorPoints: null }
}

describe('which box a point lies in', () => {
  test('borders belong to the box', () => {
    const index = new BoxIndex([box('a', poseFromYaw(0, [10, 0, 1]))], 0)
    expect(index.find(8, 1, 0)).toBe(0)
    expect(index.find(12, -1, 2)).toBe(0)
    expect(index.find(7.99, 0, 1)).toBe(-1)
    expect(index.find(10, 0, 2.01)).toBe(-1)
  })

  test('the margin grows all sides but the bottom', () => {
    const index = new BoxIndex([box('a', poseFromYaw(0, [10, 0, 1]))], 0.2)
    expect(index.find(7.85, 0, 1)).toBe(0)
    expect(index.find(10, 1.15, 1)).toBe(0)
    expect(index.find(10, 0, 2.15)).toBe(0)
    expect(index.find(10, 0, -0.05)).toBe(-1)
    expect(index.find(7.75, 0, 1)).toBe(-1)
  })

  test('of two the smaller', () => {
    const bus = box('bus', poseFromYaw(0, [10, 0, 1]), [12, 3, 3])
    const person = box('person', poseFromYaw(0, [10, 0, 1]), [1, 1, 2])
    expect(new BoxIndex([bus, person], 0).find(10, 0, 1)).toBe(1)
    expect(new BoxIndex([person, bus], 0).find(10, 0, 1)).toBe(0)
    expect(new BoxIndex([person, bus], 0).find(12, 0, 1)).toBe(1)
  })

  test.each([1, 2, 3])('agrees with asking every box, seed %i', (seed) => {
    const rng = stream(seed, 'boxes')
    const boxes = Array.from({ length: 40 }, (_, b): Box => {
      const q = quaternionFromEuler(rng.uniform(-3, 3), rng.uniform(-0.3, 0.3), rng.uniform(-0.3, 0.3))
      const t: Vec3 = [rng.uniform(-40, 40), rng.uniform(-40, 40), rng.uniform(-1, 3)]
      return box(String(b), { q, t }, [rng.uniform(0.3, 15), rng.uniform(0.3, 4), rng.uniform(0.5, 4)])
    })
    const index = new BoxIndex(boxes, 0)
    const mistakes: string[] = []
    let inside = 0
    for (let p = 0; p < 5000; p++) {
      const point: Vec3 = [rng.uniform(-45, 45), rng.uniform(-45, 45), rng.uniform(-2, 4)]
      const holders = boxes
        .filter(({ egoFromBox, sizeM }) =>
          transform(invert(egoFromBox), point).every((metres, axis) => Math.abs(metres) <= sizeM[axis] / 2),
        )
        .sort((a, b) => a.sizeM[0] * a.sizeM[1] * a.sizeM[2] - b.sizeM[0] * b.sizeM[1] * b.sizeM[2])
      if (holders.length > 0) inside++
      const found = index.find(...point)
      const expected = holders[0]?.trackId ?? '-1'
      if (String(found) !== expected) mistakes.push(`${point}: ${found}, not ${expected}`)
    }
    expect(mistakes).toEqual([])
    expect(inside).toBeGreaterThan(100)
  })
})

describe('boxes over time', () => {
  const poses = new PoseTrack(columnsOf(straightPoses(4)))

  /** Annotated at whole seconds halved: 0, 0.5, 2 s. */
  const source: BoxSource = {
    timesNs: Float64Array.of(0, 0.5e9, 2e9),
    at: (index) =>
      [
        [box('a', poseFromYaw(0, [10, 0, 1])), box('gone', poseFromYaw(0, [20, 0, 1]))],
        [box('a', poseFromYaw(1, [11, 2, 1])), box('new', poseFromYaw(0, [30, 0, 1]))],
        [box('a', poseFromYaw(1, [11, 2, 1]))],
      ][index],
    categories: [],
    source: 'test',
  }
  const tracks = new BoxTracks(source, poses)

  test('at an annotated time: as annotated', () => {
    expect(tracks.at(0.5e9).map(({ trackId }) => trackId)).toEqual(['a', 'new'])
    expect(tracks.at(0.5e9 + 0.9e6)).toEqual(tracks.at(0.5e9))
  })

  test('in between: the tracks that both times have, straight in the city, in the ego frame of the time', () => {
    const [middle, ...others] = tracks.at(0.25e9)
    expect(others).toEqual([])
    // City: from (10, 0) to (12, 2); half way (11, 1), and the ego stands at 0.5 there.
    expect(middle.egoFromBox.t[0]).toBeCloseTo(10.5, 12)
    expect(middle.egoFromBox.t[1]).toBeCloseTo(1, 12)
    expect(yawOf(middle.egoFromBox.q)).toBeCloseTo(0.5, 12)
  })

  test('in a gap of the annotations and beyond them: none', () => {
    expect(tracks.at(1.2e9)).toEqual([])
    expect(tracks.at(-0.01e9)).toEqual([])
    expect(tracks.at(2.1e9)).toEqual([])
    expect([0, 0.25e9, 1.2e9, 2e9, 2.1e9].map((timeNs) => tracks.covers(timeNs))).toEqual([
      true,
      true,
      false,
      true,
      false,
    ])
  })

  test('annotations without a box say that there is none', () => {
    const none = new BoxTracks({ ...source, timesNs: new Float64Array(0) }, poses)
    expect(none.covers(1e9)).toBe(true)
    expect(none.at(1e9)).toEqual([])
  })

  test('a point goes with its box: it keeps its place in it', () => {
    const from = [box('a', poseFromYaw(0, [10, 0, 1])), box('gone', poseFromYaw(0, [20, 0, 1]))]
    const carriers = new CarriedBoxes(from, [box('a', poseFromYaw(Math.PI / 2, [5, 7, 1.5]))])
    expect([carriers.has(0), carriers.has(1)]).toEqual([true, false])
    const out = new Float32Array(3)
    // Its front left corner: 2 m ahead and 1 m to the left of the centre.
    carriers.carry(0, 12, 1, 2, out)
    expect([...out].map((metres) => Math.round(metres * 1e4) / 1e4)).toEqual([4, 9, 2.5])
  })
})

import { describe, expect, test } from 'vitest'
import { BoxIndex } from '../../../../pipeline/ingest/occupancy/boxIndex.js'
import { BoxMotions } from '../../../../pipeline/ingest/occupancy/boxMotions.js'
import { CarriedBoxes } from '../../../../pipeline/ingest/occupancy/carriedBoxes.js'
import type { Box } from '../../../../pipeline/ingest/reader.js'
import { compose, invert, poseFromYaw, quaternionFromEuler, transform, type Vec3 } from '../../../../pipeline/pose.js'
import { stream } from '../../../../pipeline/random.js'

const box = (trackId: string, t: Vec3, yawRad = 0): Box => ({
  trackId,
  category: 'CAR',
  sizeM: [4, 2, 1.6],
  egoFromBox: poseFromYaw(yawRad, t),
  interiorPoints: null,
})

function undone(motions: BoxMotions, dtS: number, [x, y, z]: Vec3, b = 0): number[] {
  const out = new Float64Array(3)
  motions.undo(b, dtS, x, y, z, out)
  return [...out]
}

describe('motion of boxes within a sweep', () => {
  const boxes = [box('a', [10, 0, 1]), box('b', [0, 8, 1])]
  // Track a drives 2 m along x in 0.1 s, track b is not seen again.
  const motions = new BoxMotions(boxes, [{ afterS: 0.1, boxes: [box('a', [12, 0, 1])] }], 0.1)

  test('a point met in the middle of the sweep goes back by half of the way', () => {
    expect(undone(motions, 0.05, [10, 0.5, 1.2])).toEqual([9, 0.5, 1.2].map((m) => expect.closeTo(m, 9)))
    expect(undone(motions, 0, [10, 0.5, 1.2])).toEqual([10, 0.5, 1.2].map((m) => expect.closeTo(m, 9)))
  })

  test('a track that is not seen again stands', () => {
    expect(undone(motions, 0.1, [0.5, 8, 1], 1)).toEqual([0.5, 8, 1].map((m) => expect.closeTo(m, 9)))
  })

  test('a sight of before the sweep tells the same motion', () => {
    const back = new BoxMotions(boxes, [{ afterS: -0.1, boxes: [box('a', [8, 0, 1])] }], 0.1)
    expect(undone(back, 0.05, [10, 0.5, 1.2])).toEqual([9, 0.5, 1.2].map((m) => expect.closeTo(m, 9)))
  })

  test('a turn is the same by either of the two quaternions of the later pose', () => {
    // 0.1 rad about z: a point 2 m before the centre goes 0.2 m to the left.
    const { q, t } = poseFromYaw(0.1, [10, 0, 1])
    for (const sign of [1, -1]) {
      const later = { ...boxes[0], egoFromBox: { q: q.map((part) => sign * part) as unknown as typeof q, t } }
      const turning = new BoxMotions(boxes, [{ afterS: 0.1, boxes: [later] }], 0.1)
      expect(undone(turning, 0.1, [12, 0.2, 1])).toEqual([12.02, 0, 1].map((m) => expect.closeTo(m, 9)))
    }
  })

  test('the first sight that has the track counts', () => {
    const sights = [
      { afterS: 0.1, boxes: [box('a', [12, 0, 1])] },
      { afterS: -0.1, boxes: [box('a', [4, 0, 1]), box('b', [0, 7, 1])] },
    ]
    const both = new BoxMotions(boxes, sights, 0.1)
    expect(undone(both, 0.1, [12, 0, 1])[0]).toBeCloseTo(10, 9)
    expect(undone(both, 0.1, [0, 9, 1], 1)[1]).toBeCloseTo(8, 9)
  })

  test('how far a point of a box comes within the sweep', () => {
    expect(motions.travelM(0, 2)).toBeCloseTo(2, 9)
    expect(motions.travelM(1, 2)).toBe(0)
  })

  test('an index finds the box where it was when the point was taken, and only there', () => {
    const index = new BoxIndex(boxes, 0.1, motions)
    expect(index.find(13.5, 0, 1, 0.1)).toBe(0)
    expect(index.find(13.5, 0, 1, 0)).toBe(-1)
    expect(index.find(8.5, 0, 1, 0)).toBe(0)
    expect(index.find(8.5, 0, 1, 0.1)).toBe(-1)
    expect(index.find(0, 8, 1, 0.1)).toBe(1)
  })

  test('a fast box is found in every cell that it drives through', () => {
    const fast = new BoxMotions(boxes, [{ afterS: 0.1, boxes: [box('a', [17, 0, 1])] }], 0.1)
    const index = new BoxIndex(boxes, 0.1, fast)
    for (let dtS = 0; dtS <= 0.1; dtS += 0.01) expect(index.find(10 + 70 * dtS, 0, 1, dtS)).toBe(0)
  })

  test('carried boxes take the point from its own time to the frame', () => {
    const carried = new CarriedBoxes(boxes, [box('a', [20, 3, 1])], motions)
    const out = new Float32Array(3)
    carried.carry(0, 13.5, 0.5, 1, out, 0.1)
    expect([...out]).toEqual([21.5, 3.5, 1].map((m) => expect.closeTo(m, 5)))
  })
})

test('points of turning boxes, wherever they are, go back within 5 mm a metre (seed 11)', () => {
  const rng = stream(11, 'boxMotions')
  const between = (low: number, high: number) => low + (high - low) * rng.float()
  for (let n = 0; n < 200; n++) {
    const [yaw, pitch, rate] = [between(-3, 3), between(-0.1, 0.1), between(-1, 1)]
    const at = (u: number): Box => ({
      ...box('a', [10 + u, 2 * u, 1]),
      egoFromBox: { q: quaternionFromEuler(yaw + 0.1 * rate * u, pitch, 0), t: [10 + u, 2 * u, 1] },
    })
    const motions = new BoxMotions([at(0)], [{ afterS: 0.1, boxes: [at(1)] }], 0.1)
    const u = rng.float()
    const start: Vec3 = [between(8, 12), between(-2, 2), between(0, 2)]
    const then = transform(compose(at(u).egoFromBox, invert(at(0).egoFromBox)), start)
    const back = undone(motions, 0.1 * u, then)
    const armM = Math.hypot(start[0] - 10, start[1], start[2] - 1)
    expect(Math.hypot(...back.map((m, axis) => m - start[axis]))).toBeLessThan(0.0051 * armM + 1e-9)
  }
})

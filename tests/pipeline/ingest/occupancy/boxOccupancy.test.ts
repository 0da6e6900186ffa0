import { describe, expect, test } from 'vitest'
import { poseFromYaw } from '../../../../pipeline/pose.js'
import { framesOf } from '../datasetOf.js'
import { type SmallBox, wholeLog } from '../smallLog.js'

const box = (category: string, some: Partial<SmallBox>): SmallBox => {
  return { timeS: 0, track: category, category, sizeM: [4, 2, 2], atM: [10, 0, 1], ...some }
}
const boxesOnly = (boxes: SmallBox[]) => wholeLog({ sweeps: null, boxes })

describe('boxes over drivable ground', () => {
  test('a car: 4×2×2 m hold 5×2×3 centres of voxels of 0.8 m; the road is a layer from y = −3 to 3', async () => {
    // Centres in x: 8.4 9.2 10 10.8 11.6; in y: −0.4 and 0.4; in z: 0 (its lower face), 0.8 and 1.6.
    const seen = await framesOf(boxesOnly([box('REGULAR_VEHICLE', {})]))
    expect(seen.count(0, 'car')).toBe(5 * 2 * 3)
    expect(seen.at(0, 10, 0.3, 1)).toBe('car')
    expect(seen.at(0, -5, 2.3, 0.1)).toBe('drivable')
    // Centres at −2.8 to 2.8: 8 columns across, 64 along; the car's lowest layer stands in the road's.
    expect(seen.count(0, 'drivable')).toBe(8 * 64 - 5 * 2)
    expect(seen.at(0, -5, 3.3, 0.1)).toBe('free')
  })

  test('everything in the grid is observed', async () => {
    const { frames } = await framesOf(boxesOnly([box('REGULAR_VEHICLE', {})]))
    expect(frames[0].observed.every((byte) => byte === 255)).toBe(true)
    expect(frames[0].lidarPoints).toBe(0)
    expect(frames[0].sweeps).toBe(0)
    expect(frames[0].source).toMatch(/^annotations\.feather sha256:[0-9a-f]{64}$/)
  })

  test('where boxes overlap the smaller thing stays, in whatever order they come', async () => {
    const bus = box('BUS', { sizeM: [12, 3, 3], atM: [10, 0, 1.5] })
    const person = box('PEDESTRIAN', { sizeM: [0.8, 0.8, 1.7], atM: [10, 0.4, 1] })
    for (const boxes of [
      [bus, person],
      [person, bus],
    ]) {
      const seen = await framesOf(boxesOnly(boxes))
      expect(seen.at(0, 10, 0.4, 1)).toBe('pedestrian')
      expect(seen.at(0, 8, 0.4, 1)).toBe('bus')
    }
  })

  test('a bollard of 0.2 m is not lost in voxels of 0.8 m', async () => {
    const seen = await framesOf(boxesOnly([box('BOLLARD', { sizeM: [0.2, 0.2, 0.9], atM: [5.2, 1.3, 0.5] })]))
    expect(seen.at(0, 5.2, 1.3, 0.5)).toBe('pole')
  })

  test('the ego vehicle is left out and counted', async () => {
    const seen = await framesOf(boxesOnly([box('EGO_VEHICLE', { atM: [1.3, 0, 1] }), box('REGULAR_VEHICLE', {})]))
    expect(seen.at(0, 1.3, 0, 1)).toBe('free')
    expect(seen.dataset.manifest.skipped.map(({ why, count }) => [why, count])).toEqual([
      ["'EGO_VEHICLE' is left out", 1],
    ])
  })
})

test('the ground lies where the map has it: a ramp of one in ten', async () => {
  const ramp: [number, number, number][] = [
    [-50, -3, -5],
    [50, -3, 5],
    [50, 3, 5],
    [-50, 3, -5],
  ]
  const seen = await framesOf({ ...boxesOnly([box('REGULAR_VEHICLE', { atM: [0, 9, 1] })]), drivable: [ramp] })
  expect(seen.at(0, 0.1, 0, 0)).toBe('drivable')
  expect(seen.at(0, 20.1, 0, 2)).toBe('drivable')
  expect(seen.at(0, 20.1, 0, 0)).toBe('free')
  expect(seen.at(0, -15.1, 0, -1.5)).toBe('drivable')
})

test('the map turns with the ego', async () => {
  const pose = poseFromYaw(Math.PI / 2, [7, 0, 0])
  const seen = await framesOf({
    ...boxesOnly([box('REGULAR_VEHICLE', { atM: [9, 9, 1] })]),
    poses: [{ timeS: 0, pose }],
  })
  // The road along the city's x axis crosses in front of an ego that heads north.
  expect(seen.at(0, 2.5, 20, 0)).toBe('drivable')
  expect(seen.at(0, 20, 0, 0)).toBe('free')
})

test('without a map there is no ground, and that is said', async () => {
  const seen = await framesOf({ ...boxesOnly([box('REGULAR_VEHICLE', {})]), drivable: null })
  expect(seen.count(0, 'drivable')).toBe(0)
  expect(seen.dataset.manifest.skipped.map(({ what, where }) => [what, where])).toEqual([['map', 'small/map']])
})

test('frames follow at the frame rate, with the ego motion between them', async () => {
  const boxes = Array.from({ length: 16 }, (_, i) => box('REGULAR_VEHICLE', { timeS: i / 10 }))
  const { frames } = await framesOf(boxesOnly(boxes))
  expect(frames.map(({ timestampNs }) => Number(timestampNs % 10_000_000_000n) / 1e9)).toEqual([0, 0.5, 1, 1.5])
  expect(frames.map(({ frameIndex }) => frameIndex)).toEqual([0, 1, 2, 3])
  expect(frames[0].egoMotion).toBeNull()
  expect(frames[1].egoMotion).toMatchObject({ dyM: 0, dzM: 0, dyawRad: 0, dtS: 0.5 })
  expect(frames[1].egoMotion!.dxM).toBeCloseTo(1, 12)
})

import { describe, expect, test } from 'vitest'
import { BoxIndex } from '../../../../pipeline/ingest/occupancy/boxIndex.js'
import type { Box } from '../../../../pipeline/ingest/reader.js'
import { poseFromYaw, type Vec3 } from '../../../../pipeline/pose.js'

const box = (sizeM: Vec3, t: Vec3, yawRad = 0): Box => ({
  ...{ trackId: 'a', category: 'CAR', sizeM, interiorPoints: null },
  egoFromBox: poseFromYaw(yawRad, t),
})

describe('a box of 4×2×1.6 m, grown by 0.15 m', () => {
  // From the ground at 0 to 1.6 m.
  const index = new BoxIndex([box([4, 2, 1.6], [10, 5, 0.8])], 0.15)

  test.each<[string, Vec3, number]>([
    ['in its middle', [10, 5, 0.8], 0],
    ['0.1 m before it', [7.9, 5, 0.8], 0],
    ['0.2 m before it', [7.8, 5, 0.8], -1],
    ['0.1 m to its left', [10, 6.1, 0.8], 0],
    ['0.2 m to its left', [10, 6.2, 0.8], -1],
    ['0.1 m above it', [10, 5, 1.7], 0],
    ['0.2 m above it', [10, 5, 1.8], -1],
    ['just above the ground', [10, 5, 0.01], 0],
    ['just below it, where no margin is', [10, 5, -0.01], -1],
  ])('a point %s', (_, [x, y, z], expected) => {
    expect(index.find(x, y, z)).toBe(expected)
  })
})

test('turned by a right angle it reaches as far across as it did along', () => {
  const index = new BoxIndex([box([4, 2, 1.6], [10, 5, 0.8], Math.PI / 2)], 0)
  expect([index.find(10, 6.9, 0.8), index.find(11.1, 5, 0.8)]).toEqual([0, -1])
})

test.each([
  ['first', [box([2, 1, 2], [0, 0, 1]), box([4, 4, 4], [0, 0, 1])], 0],
  ['last', [box([4, 4, 4], [0, 0, 1]), box([2, 1, 2], [0, 0, 1])], 1],
])('of boxes in one another the smaller has the point, also where it comes %s', (_, boxes, smaller) => {
  const index = new BoxIndex(boxes, 0)
  expect([index.find(0.5, 0, 1), index.find(0.5, 1.5, 1)]).toEqual([smaller, 1 - smaller])
})

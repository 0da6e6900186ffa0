import { expect, test } from 'vitest'
import { rayBox, rayCylinder, rayGround } from '../../../pipeline/simulate/intersect.js'

const miss = Number.POSITIVE_INFINITY

test.each([
  ['straight onto a face', [-5, 0, 0], [1, 0, 0], 4],
  ['from the other side', [5, 0, 0], [-1, 0, 0], 4],
  ['away from it', [-5, 0, 0], [-1, 0, 0], miss],
  ['beside it', [-5, 1.5, 0], [1, 0, 0], miss],
  ['over it', [-5, 0, 3.5], [1, 0, 0], miss],
  // Face y = −1 after 9 / 0.8 = 11.25 lengths, at x = −7 + 6.75 = −0.25, inside the face.
  ['obliquely', [-7, -10, 0], [0.6, 0.8, 0], 11.25],
  // The top, z = 3, after 5 / 0.8.
  ['onto the top', [-3.75, 0, 8], [0.6, 0, -0.8], 6.25],
  ['from inside', [0, 0, 0], [1, 0, 0], miss],
])('a ray %s of a box of half extents 1, 1, 3', (_, [ox, oy, oz], [dx, dy, dz], expected) => {
  expect(rayBox(ox, oy, oz, dx, dy, dz, 1, 1, 3)).toBeCloseTo(expected, 12)
})

test.each([
  ['through the axis', [-5, 0, 0], [1, 0, 0], 4],
  // At y = 0.6 the circle begins at x = −0.8.
  ['beside the axis', [-5, 0.6, 0], [1, 0, 0], 4.2],
  ['past it', [-5, 1.2, 0], [1, 0, 0], miss],
  // The lid, z = 1, after 4 / 0.8 = 5 lengths, on the axis.
  ['onto the lid', [-3, 0, 5], [0.6, 0, -0.8], 5],
  ['into the bottom', [-3, 0, -5], [0.6, 0, 0.8], 5],
  ['over the lid', [-5, 0, 1.1], [1, 0, 0], miss],
  ['away from it', [-5, 0, 0], [-1, 0, 0], miss],
  ['from inside', [0, 0, 0], [1, 0, 0], miss],
])('a ray %s of a cylinder of radius 1 and half height 1', (_, [ox, oy, oz], [dx, dy, dz], expected) => {
  expect(rayCylinder(ox, oy, oz, dx, dy, dz, 1, 1)).toBeCloseTo(expected, 12)
})

test('the ground is met from above, on the way down', () => {
  expect(rayGround(2, -0.5)).toBe(4)
  expect(rayGround(2, 0.5)).toBe(miss)
  expect(rayGround(2, 0)).toBe(miss)
})

import { expect, test } from 'vitest'
import { codeOf } from '../../../pipeline/simulate/categories.js'
import { groundCodeAt, type Patch, rasteriseGround } from '../../../pipeline/simulate/surface.js'

const road: Patch = {
  category: 'ROAD',
  corners: [
    [-10, 0],
    [10, 0],
    [10, 4],
    [-10, 4],
  ],
}
const triangle: Patch = {
  category: 'SIDEWALK',
  corners: [
    [0, 0],
    [8, 0],
    [0, 8],
  ],
}

test('a point has the category of the last patch painted over it', () => {
  const at = (x: number, y: number) => groundCodeAt(rasteriseGround('TERRAIN', [road, triangle]), x, y)
  expect(at(-5, 2)).toBe(codeOf.ROAD)
  expect(at(2, 2)).toBe(codeOf.SIDEWALK)
  expect(at(2, 5.5)).toBe(codeOf.SIDEWALK)
  // Beyond the hypotenuse x + y = 8.
  expect(at(5, 3.5)).toBe(codeOf.ROAD)
  expect(at(5, 5)).toBe(codeOf.TERRAIN)
  expect(at(500, -500)).toBe(codeOf.TERRAIN)
})

test('a patch covers its area, to within the cells along its edge', () => {
  const { codes, cellM } = rasteriseGround('TERRAIN', [triangle])
  const areaM2 = codes.filter((code) => code === codeOf.SIDEWALK).length * cellM ** 2
  expect(Math.abs(areaM2 - 32)).toBeLessThan(8 * cellM)
})

import { describe, expect, test } from 'vitest'
import { type Body, bodies, scaled } from '../../../pipeline/simulate/bodies.js'
import { categories, reflectivityOf } from '../../../pipeline/simulate/categories.js'
import type { Shape } from '../../../pipeline/simulate/shapes.js'
import { taxonomies } from '../../../pipeline/taxonomy.js'

/** Largest |x|, |y| and z, and lowest z, of a shape in its body's frame. */
function extents(shape: Shape) {
  const top = shape.bottomM + shape.heightM
  if (shape.kind === 'cylinder')
    return { x: Math.abs(shape.xM) + shape.radiusM, y: Math.abs(shape.yM) + shape.radiusM, top, bottom: shape.bottomM }
  const [cos, sin] = [Math.abs(Math.cos(shape.yawRad)), Math.abs(Math.sin(shape.yawRad))]
  return {
    x: Math.abs(shape.xM) + (cos * shape.lengthM + sin * shape.widthM) / 2,
    y: Math.abs(shape.yM) + (sin * shape.lengthM + cos * shape.widthM) / 2,
    top,
    bottom: shape.bottomM,
  }
}

describe.each(Object.entries<Body>(bodies))('%s', (_, body) => {
  test.each([1, 0.94, 1.06])('its shapes lie in its box at scale %d and reach its top', (factor) => {
    const { lengthM, widthM, heightM, shapes } = scaled(body, factor)
    for (const { x, y, top, bottom } of shapes.map(extents)) {
      expect(x).toBeLessThanOrEqual(lengthM / 2 + 1e-9)
      expect(y).toBeLessThanOrEqual(widthM / 2 + 1e-9)
      expect(bottom).toBeGreaterThanOrEqual(0)
      expect(top).toBeLessThanOrEqual(heightM + 1e-9)
    }
    const reached = (of: (e: ReturnType<typeof extents>) => number) => Math.max(...shapes.map(extents).map(of))
    expect(reached(({ x }) => x)).toBeGreaterThan(0.4 * lengthM)
    expect(reached(({ top }) => top)).toBeGreaterThan(0.98 * heightM)
  })

  test('is made of its own category', () => {
    for (const { category } of body.shapes) expect(category).toBe(body.category)
  })
})

test.each(Object.keys(taxonomies))("taxonomy %s maps every category of the simulator's vocabulary", (name) => {
  const table = taxonomies[name as keyof typeof taxonomies].vocabularies['occlab-sim']
  expect(categories.filter((category) => !(category in table))).toEqual([])
})

test('every category has a reflectivity, as a share', () => {
  for (const category of categories) {
    expect(reflectivityOf[category]).toBeGreaterThan(0)
    expect(reflectivityOf[category]).toBeLessThanOrEqual(1)
  }
})

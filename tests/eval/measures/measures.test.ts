import { describe, expect, it } from 'vitest'
import { boundary } from '../../../eval/measures/boundary.js'
import { classGroups } from '../../../eval/measures/classGroups.js'
import { classSize, lengthM } from '../../../eval/measures/classSize.js'
import { heights } from '../../../eval/measures/heights.js'
import type { FrameMeasure } from '../../../eval/measures/measure.js'
import { measureNamed, measures } from '../../../eval/measures/measures.js'
import { rings } from '../../../eval/measures/rings.js'
import { visibility, visibilityParts } from '../../../eval/measures/visibility.js'
import { type Policy, policies } from '../../../eval/metrics/policies.js'
import { type Grid, grids, packBits } from '../../../pipeline/grid.js'
import { taxonomies } from '../../../pipeline/taxonomy.js'
import { car, child, cone, free, gridOf, of, worldOf } from './byHand.js'

const nameOf = (measure: FrameMeasure, grid: Grid, policy: Policy = policies.occlab) =>
  [...measure.counter(worldOf(grid), policy).sums()].map(({ slice }) => slice)

describe('the registry', () => {
  it.each(Object.entries(measures))('%s stands under its own name and says what it is', (name, measure) => {
    expect(measure.name).toBe(name)
    expect(measureNamed(name)).toBe(measure)
    expect(`${measure.what} ${measure.source}`).toMatch(/\w/)
  })
})

describe('rings', () => {
  it('are Waymo’s where the grid reaches them, and of 10 m as far as it reaches', () => {
    expect(nameOf(rings, grids.occ3d)).toEqual([
      ...['range=0–30 m', 'range=30–50 m', 'range=50+ m'],
      ...['ring=0–10 m', 'ring=10–20 m', 'ring=20–30 m', 'ring=30+ m'],
    ])
    expect(nameOf(rings, grids.compact)).toEqual(['ring=0–10 m', 'ring=10–20 m', 'ring=20+ m'])
  })

  it('take a voxel by the distance of its centre', () => {
    // Centres at x = 3, 9, 15 and 21 m, y = 0: rings 0–10 (two voxels), 10–20, 20+ m.
    const grid = gridOf([4, 1, 1], 6, [0, -3, 0])
    const found = of(rings, grid, { truth: [car, car, car, free], predicted: [car, free, car, cone] })
    expect(Object.keys(found)).toEqual(['ring=0–10 m', 'ring=10–20 m', 'ring=20+ m'])
    expect(Object.values(found).map(({ one }) => one('iou'))).toEqual([
      { value: 1 / 2, count: 2 },
      { value: 1, count: 1 },
      { value: 0, count: 1 },
    ])
    expect(found['ring=0–10 m'].of('class_iou')[0]).toEqual({ value: 1 / 2, count: 2 })
  })
})

describe('heights', () => {
  it('are whole layers, and their names say where they end', () => {
    expect(nameOf(heights, grids.occ3d)).toEqual([
      ...['height=-1 to -0.2 m', 'height=-0.2 to 1 m', 'height=1 to 1.8 m'],
      ...['height=1.8 to 3.8 m', 'height=3.8 to 5.4 m'],
    ])
    expect(nameOf(heights, gridOf([1, 1, 2], 0.5, [0, 0, 5]))).toEqual(['height=5 to 6 m'])
  })

  it('take a voxel by its layer', () => {
    const grid = gridOf([1, 1, 4], 0.5, [0, 0, -0.5])
    const found = of(heights, grid, { truth: [car, car, free, child], predicted: [free, car, car, child] })
    expect(Object.entries(found).map(([slice, { one }]) => [slice, one('iou').value])).toEqual([
      ['height=-0.5 to 0 m', 0],
      ['height=0 to 1 m', 1 / 2],
      ['height=1 to 1.5 m', 1],
    ])
  })
})

describe('visibility', () => {
  const cube = gridOf([3, 3, 3], 1, [0, 0, 0])
  const partOf = (observed: (i: number, j: number, k: number) => boolean, voxel: number) => {
    const bytes = Uint8Array.from({ length: 27 }, (_, v) => +observed(Math.floor(v / 9), Math.floor(v / 3) % 3, v % 3))
    return visibilityParts(packBits(bytes), cube)[voxel]
  }

  it('is the share of the 26 neighbours that were observed: 17 for a wall from one side', () => {
    const middle = 13
    expect(partOf((_, j) => j <= 1, middle)).toBe(2)
    expect(partOf((_, j) => j === 1, middle)).toBe(0)
    expect(partOf((i, j) => j <= 1 && i <= 1, middle)).toBe(1)
    expect(partOf((_, j) => j === 0, middle)).toBe(3)
  })

  it('counts the neighbours in the grid alone: 7 of a corner’s', () => {
    expect(partOf((i, j, k) => i + j + k <= 1, 0)).toBe(1)
    expect(partOf((i, j, k) => i + j + k === 0, 0)).toBe(0)
    expect(partOf((i, j, k) => i <= 1 && j <= 1 && k <= 1, 0)).toBe(2)
  })

  it('has a slice of what was not observed only where the policy scores such voxels', () => {
    expect(nameOf(visibility, cube)).toHaveLength(3)
    expect(nameOf(visibility, cube, policies.occworld)).toContain('visibility=unobserved')
  })
})

describe('groups of classes', () => {
  const line = gridOf([1, 1, 6], 1, [0, 0, 0])
  // A car that is called a cone is a hit of no group; one child is missed.
  const labels = { truth: [car, car, car, child, child, free], predicted: [car, cone, car, child, free, cone] }

  it('by superclass: vehicles 2 of 3, persons 1 of 2, objects 0 of 2', () => {
    const found = of(classGroups, line, labels)
    expect(Object.entries(found).map(([slice, { one }]) => [slice, one('iou'), one('miou').value])).toEqual([
      ['superclass=vehicle', { value: 2 / 3, count: 3 }, 2 / 3],
      ['superclass=person', { value: 1 / 2, count: 2 }, 1 / 2],
      ['superclass=object', { value: 0, count: 2 }, null],
    ])
    expect(found['superclass=person'].one('rare_recall')).toEqual({ value: 1 / 2, count: 2 })
    expect(found['superclass=vehicle'].one('rare_recall')).toEqual({ value: null, count: 0 })
  })

  it('by size: children and cones are small', () => {
    const found = of(classSize, line, labels)
    expect(Object.entries(found).map(([slice, { one }]) => [slice, one('iou').value])).toEqual([
      // Small in truth 2, predicted 3, both 1.
      ['size=under 2.5 m', 1 / 4],
      ['size=2.5–7 m', 2 / 3],
      ['size=over 7 m', null],
    ])
  })

  it('knows the size of every class of things that our taxonomies have, but of what is no one kind of thing', () => {
    const sizeless = ['others', 'other-vehicle']
    const things = Object.values(taxonomies).flatMap(({ classes }) =>
      classes.filter(({ superclass }) => ['vehicle', 'person', 'object'].includes(superclass)),
    )
    const names = things.map(({ name }) => name).filter((name) => !sizeless.includes(name))
    expect(names.filter((name) => !Object.hasOwn(lengthM, name))).toEqual([])
  })
})

describe('boundary F1', () => {
  const line = gridOf([7, 1, 1], 1, [0, 0, 0])

  it('takes a surface one voxel off for found, two voxels off for missed', () => {
    // The true surface is voxels 2 and 4; 3 is inside. Predicted: 3 and 4, both surface.
    const near = of(boundary, line, {
      truth: [free, free, car, car, car, free, free],
      predicted: [free, free, free, car, car, free, free],
    }).all
    expect(near.one('boundary_f1')).toEqual({ value: 1, count: 4 })
    const far = of(boundary, line, {
      truth: [free, free, car, free, free, free, free],
      predicted: [free, free, free, free, car, car, free],
    }).all
    expect(far.one('boundary_f1')).toEqual({ value: 0, count: 3 })
  })

  it('weighs precision 1/2 and recall 1 to 2/3, by class and of occupied against free', () => {
    const { all } = of(boundary, line, {
      truth: [free, car, free, free, free, free, free],
      predicted: [free, car, free, free, free, child, free],
    })
    expect(all.one('boundary_precision')).toEqual({ value: 1 / 2, count: 2 })
    expect(all.one('boundary_recall')).toEqual({ value: 1, count: 1 })
    expect(all.one('boundary_f1').value).toBeCloseTo(2 / 3, 15)
    // The car's is 1; the child's is 0, but it is not in the truth, so the mean is the car's.
    expect(all.of('class_boundary_f1').map(({ value }) => value)).toEqual([1, 0, null])
    expect(all.one('boundary_mf1').value).toBe(1)
  })

  it('counts what the policy scores, but holds it against the whole other surface', () => {
    // The prediction lies one voxel behind what was seen, in voxel 3, which is not observed.
    const { all } = of(
      boundary,
      line,
      { truth: [free, free, car, free, free, free, free], predicted: [free, free, free, car, free, free, free] },
      [1, 1, 1, 0, 0, 0, 0],
    )
    expect(all.one('boundary_recall')).toEqual({ value: 1, count: 1 })
    expect(all.one('boundary_precision')).toEqual({ value: null, count: 0 })
  })

  it('has no surface at the border of the grid, and none in an empty frame', () => {
    const full = Array(7).fill(car)
    expect(of(boundary, line, { truth: full, predicted: full }).all.one('boundary_f1').count).toBe(0)
    const empty = Array(7).fill(free)
    expect(of(boundary, line, { truth: empty, predicted: empty }).all.one('boundary_f1').count).toBe(0)
  })
})

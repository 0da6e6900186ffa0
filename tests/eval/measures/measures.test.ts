import { describe, expect, it } from 'vitest'
import { boundary } from '../../../eval/measures/boundary.js'
import { classGroups } from '../../../eval/measures/classGroups.js'
import { classSize, lengthM } from '../../../eval/measures/classSize.js'
import { heights } from '../../../eval/measures/heights.js'
import type { FrameMeasure, World } from '../../../eval/measures/measure.js'
import { measureNamed, measures } from '../../../eval/measures/measures.js'
import { rayOriginM, rays } from '../../../eval/measures/rays.js'
import { rings } from '../../../eval/measures/rings.js'
import { originsAlong, trajectoryRays } from '../../../eval/measures/trajectoryRays.js'
import { visibility, visibilityParts } from '../../../eval/measures/visibility.js'
import { type Policy, policies } from '../../../eval/metrics/policies.js'
import { pitchesRad } from '../../../eval/metrics/rayPattern.js'
import { DataError, UsageError } from '../../../pipeline/errors.js'
import { type Grid, grids, packBits, voxelCount } from '../../../pipeline/grid.js'
import { identity, type Pose } from '../../../pipeline/pose.js'
import { taxonomies } from '../../../pipeline/taxonomy.js'
import { small } from '../metrics/taxonomy.js'
import { measured } from './numpyReference.js'
import { scoredOf } from './randomScene.js'

const [car, child, free, cone] = [0, 1, 2, 3]

const worldOf = (grid: Grid): World => ({ grid, taxonomy: small, rateHz: 2 })
const gridOf = (dims: Grid['dims'], voxelM: number, originM: Grid['originM']): Grid => ({
  ...{ name: 'by hand', dims, voxelM, originM },
})

/** What a measure says of one frame, all of it observed unless `observed` says otherwise. */
function of(measure: FrameMeasure, grid: Grid, labels: { truth: number[]; predicted: number[] }, observed?: number[]) {
  const bytes = (values: number[]) => Uint8Array.from(values)
  const seen = observed ? bytes(observed) : new Uint8Array(voxelCount(grid)).fill(1)
  const masks = { observed: seen, camera: seen, lidar: seen }
  const frame = { truth: bytes(labels.truth), predicted: bytes(labels.predicted), ...masks }
  return measured(measure, { world: worldOf(grid), frames: [frame] }, policies.occlab)
}

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

describe('RayIoU', () => {
  // Columns of 1 m along x from the LiDAR at x = 0.9858; rays that leave through the side or the floor meet nothing.
  const tube = gridOf([12, 3, 3], 1, [0, -1.5, 0.5])
  const wallAt = (x: number, label: number) =>
    Array.from({ length: voxelCount(tube) }, (_, voxel) => (Math.floor(voxel / 9) === x ? label : free))

  it('has pitches that meet a ground 1 m below at 1 to 10 m, and go on evenly to 0.21 rad', () => {
    const pitches = pitchesRad()
    for (let n = 1; n <= 10; n++) expect(Math.tan(pitches[n - 1])).toBeCloseTo(-1 / n, 12)
    const steps = pitches.slice(10).map((pitch, n) => pitch - pitches[9 + n])
    for (const step of steps) expect(step).toBeCloseTo(pitches[9] - pitches[8], 12)
    expect(pitches.at(-1)).toBeGreaterThanOrEqual(0.21)
    expect(pitches.at(-2)).toBeLessThan(0.21)
  })

  it('is 1 where truth and prediction are the same, and null where the truth has no hit', () => {
    const wall = wallAt(5, car)
    expect(of(rays, tube, { truth: wall, predicted: wall }).all.one('ray_iou').value).toBe(1)
    const empty = wallAt(99, car)
    expect(of(rays, tube, { truth: empty, predicted: wall }).all.one('ray_iou')).toEqual({ value: null, count: 0 })
  })

  it('a wall a metre behind is found at 2 and 4 m, and at 1 m only by rays that leave it through its sides', () => {
    // Depth is where a ray leaves the one voxel it meets: a corner of the true wall and all of the other differ by 2 m and more.
    const { all } = of(rays, tube, { truth: wallAt(5, car), predicted: wallAt(6, car) })
    const [at1, at2, at4] = ['1m', '2m', '4m'].map((depth) => all.one(`ray_iou_${depth}`).value!)
    expect(at1).toBeLessThan(0.2)
    expect(at2).toBeGreaterThan(0.5)
    expect(at4).toBeGreaterThan(at2)
    expect(at4 - at2).toBeLessThan(0.01)
    expect(all.one('ray_iou').value).toBeCloseTo((at1 + at2 + at4) / 3, 12)
  })

  it('the wrong class is no hit, and counts for both classes', () => {
    const { all } = of(rays, tube, { truth: wallAt(5, car), predicted: wallAt(5, cone) })
    expect(all.of('class_ray_iou').map(({ value }) => value)).toEqual([0, null, 0])
    expect(all.one('ray_iou').value).toBe(0)
  })

  it('begins at nuScenes’ LiDAR, at the LiDAR itself in its own frame, and is refused outside the grid', () => {
    expect(rayOriginM(grids.occ3d)).toEqual([0.9858, 0, 1.8402])
    expect(rayOriginM(grids.semantickitti)).toEqual([0, 0, 0])
    expect(() => rayOriginM(gridOf([1, 1, 1], 1, [5, 5, 5]))).toThrow(UsageError)
  })

  it('refuses a label that is no class', () => {
    const labels = { truth: wallAt(5, car), predicted: wallAt(5, 9) }
    expect(() => of(rays, tube, labels)).toThrow(DataError)
    expect(() => of(rings, tube, labels)).toThrow(/prediction holds a label that is no class/)
  })
})

describe('RayIoU along the drive', () => {
  const at = (x: number): Pose => ({ q: [1, 0, 0, 0], t: [x, 0, 0] })

  it('begins where the LiDAR is at the frames of the window, as far as that is 1 m inside the grid', () => {
    const origins = originsAlong(at(10), [at(0), at(10), at(45), at(60)], grids.occ3d)
    expect(origins.map(([x]) => x)).toEqual([-10, 0, 35].map((x) => expect.closeTo(x + 0.9858, 9)))
  })

  it('takes eight of more, first and last among them', () => {
    const drive = Array.from({ length: 15 }, (_, n) => at(n))
    const origins = originsAlong(at(0), drive, grids.occ3d)
    expect(origins.map(([x]) => Math.round(x - 0.9858))).toEqual([0, 2, 4, 6, 8, 10, 12, 14])
  })

  it('says every horizon’s sums, of more rays than one origin has', () => {
    const grid = gridOf([16, 3, 3], 1, [-4, -1.5, 0.5])
    const truth = Uint8Array.from({ length: voxelCount(grid) }, (_, v) => (Math.floor(v / 9) === 12 ? car : free))
    const mask = new Uint8Array(truth.length).fill(1)
    const scored = scoredOf({ truth, predicted: truth, observed: mask, camera: mask, lidar: mask })
    const counter = trajectoryRays.counter(worldOf(grid), policies.occlab)
    const ahead = [0.5, 1].map((horizonS) => ({
      ...{ ...scored, horizonS },
      truth: { ...scored.truth, cityFromEgo: at(2 * horizonS) },
    }))
    const last = { ...scored.truth, cityFromEgo: identity }
    const window = { logId: 'drive', first: 0, firstFrameIndex: 0 }
    counter.add({ window, last, lastObjects: null, ahead, rollouts: [] })
    const sums = [...counter.sums()]
    expect(sums.map(({ horizonS }) => horizonS)).toEqual([0.5, 1])
    const iou = trajectoryRays.values(worldOf(grid), policies.occlab).find(({ metric }) => metric === 'ray_iou')!
    for (const { sums: counts } of sums) expect(iou.score(counts).value).toBe(1)
  })
})

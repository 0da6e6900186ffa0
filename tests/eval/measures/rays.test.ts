import { describe, expect, it } from 'vitest'
import { rayOriginM, rays } from '../../../eval/measures/rays.js'
import { rings } from '../../../eval/measures/rings.js'
import { originsAlong, trajectoryRays } from '../../../eval/measures/trajectoryRays.js'
import { policies } from '../../../eval/metrics/policies.js'
import { pitchesRad } from '../../../eval/metrics/rayPattern.js'
import { DataError, UsageError } from '../../../pipeline/errors.js'
import { grids, voxelCount } from '../../../pipeline/grid.js'
import { identity, type Pose } from '../../../pipeline/pose.js'
import { car, cone, free, gridOf, of, worldOf } from './byHand.js'
import { scoredOf } from './randomScene.js'

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
    // Each ray that counts is one, for all classes and for either of its two.
    const { count } = of(rays, tube, { truth: wallAt(5, car), predicted: wallAt(5, car) }).all.one('ray_iou')
    expect(all.one('ray_iou').count).toBe(count)
    expect(all.of('class_ray_iou').map((each) => each.count)).toEqual([count, 0, count])
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

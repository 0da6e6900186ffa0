import { describe, expect, it } from 'vitest'
import type { FeatureTable } from '../../../eval/probes/features.js'
import { nearestM } from '../../../eval/probes/nearest.js'
import type { Probe } from '../../../eval/probes/probe.js'
import { probeRows } from '../../../eval/probes/probeRows.js'
import { probes } from '../../../eval/probes/probes.js'
import { gridNamed, voxelCount } from '../../../pipeline/grid.js'
import { identity } from '../../../pipeline/pose.js'
import { stream } from '../../../pipeline/random.js'
import type { Frame } from '../../../pipeline/schema.js'
import { classIndex, freeIndex, taxonomies } from '../../../pipeline/taxonomy.js'

const provenance = { dataset: 'd', split: 's', run: 'r' }
const seed = 7

/** Rows whose first feature is `signal` and whose second is noise; five rows a log. */
function table(name: string, count: number, targetOf: (signal: number) => number | string | null): FeatureTable {
  const rng = stream(seed, name)
  const features = Float32Array.from({ length: 2 * count }, () => rng.normal())
  const rows = Array.from({ length: count }, (_, i) => i)
  const logs = rows.map((i) => `${name}-${Math.floor(i / 5)}`)
  const frames = rows.map((i) => ({ siteId: 'site', frameIndex: i % 5, cityFromEgo: identity }))
  const present = new Uint8Array(count * taxonomies.fleet.classes.length)
  return { features, width: 2, logs, frames, present, targets: [rows.map((i) => targetOf(features[2 * i]))] }
}

function rowsOf(probe: Probe, targetOf: (signal: number) => number | string | null) {
  const features = { train: table('train', 100, targetOf), test: table('test', 50, targetOf) }
  return probeRows(probe, features, 0, { seed, resamples: 200, provenance })
}

const find = (rows: ReturnType<typeof rowsOf>, model: string, metric: string) =>
  rows.find((row) => row.model === model && row.metric === metric)!

describe(`linear probes on planted features (seed ${seed})`, () => {
  it('reads a speed that is linear in a feature, far better than chance', () => {
    const rows = rowsOf(probes.egoSpeed, (signal) => 3 * signal + 10)
    expect(find(rows, 'latent', 'r2').value).toBeGreaterThan(0.99)
    expect(find(rows, 'latent', 'mae').value).toBeLessThan(0.1)
    expect(find(rows, 'chance', 'mae').value).toBeGreaterThan(1)
    expect(find(rows, 'latent', 'r2')).toMatchObject({ clusters: 10, count: 50, unit: 'ratio', part: 'test' })
  })

  it('finds a rig that a feature gives away, and calls it a shortcut', () => {
    const rows = rowsOf(probes.rigId, (signal) => (signal > 0 ? 'a' : 'b'))
    expect(find(rows, 'latent', 'balanced_accuracy').value).toBeGreaterThan(0.9)
    expect(find(rows, 'chance', 'balanced_accuracy').value).toBe(0.5)
    expect(find(rows, 'latent', 'balanced_accuracy').classPolicy).toMatch(/^shortcut/)
  })

  it('says how many test frames it leaves out because training never showed their label', () => {
    const label = (signal: number) => (signal > 0 ? 'a' : 'b')
    const test = table('test', 50, label)
    for (const row of [3, 4, 17]) test.targets[0][row] = 'c'
    const context = { seed, resamples: 200, provenance }
    const rows = probeRows(probes.rigId, { train: table('train', 100, label), test }, 0, context)
    const { count, population } = find(rows, 'latent', 'balanced_accuracy')
    expect(count).toBe(47)
    expect(population).toContain('scored on 47 frames of 10 logs (test); 3 test frames left out')
  })

  it('is not applicable, with the reason, where there is nothing to tell apart or to read', () => {
    const [one] = rowsOf(probes.siteId, () => 'only')
    expect(one).toMatchObject({
      value: null,
      count: 0,
      verdict: 'not-applicable',
      remark: expect.stringContaining('one'),
    })
    const [none] = rowsOf(probes.yawRate, () => null)
    expect(none).toMatchObject({ value: null, count: 0, remark: 'only 0 training frames say anything' })
  })
})

describe('the nearest obstacle', () => {
  const grid = gridNamed('compact')
  const taxonomy = taxonomies.fleet
  const [, Y, Z] = grid.dims
  const frameWith = (...voxels: [i: number, j: number, name: string][]) => {
    const semantics = new Uint8Array(voxelCount(grid)).fill(freeIndex(taxonomy))
    for (const [i, j, name] of voxels) semantics[(i * Y + j) * Z + 3] = classIndex(taxonomy, name)
    return { semantics } as Frame
  }

  it('is the horizontal distance to the nearest voxel that is not ground', () => {
    // Voxel (42, 32) has its centre 8.4 m ahead and 0.4 m to the left; (36, 32), 3.6 m ahead, is road.
    const frame = frameWith([42, 32, 'car'], [36, 32, 'drivable'], [60, 60, 'building'])
    expect(
      nearestM(frame, { grid, taxonomy }, (c) => c.superclass !== 'ground' && c.superclass !== 'free'),
    ).toBeCloseTo(Math.hypot(8.4, 0.4), 6)
  })

  it('is null in an empty grid, and no person is near then', () => {
    expect(nearestM(frameWith(), { grid, taxonomy }, () => false)).toBeNull()
    expect(probes.pedestrianNear.target(frameWith(), { grid, taxonomy })).toBe('no')
  })

  it('counts a child within 20 m as a person, and one at 21 m not', () => {
    // Voxels (57, 32) and (58, 32) have their centres 20.4 m and 21.2 m ahead; (56, 32) 19.6 m.
    expect(probes.pedestrianNear.target(frameWith([56, 32, 'child']), { grid, taxonomy })).toBe('yes')
    expect(probes.pedestrianNear.target(frameWith([58, 32, 'child']), { grid, taxonomy })).toBe('no')
  })
})

import { describe, expect, test } from 'vitest'
import { bitAt, type Grid, voxelCount } from '../../../../../pipeline/grid.js'
import { leftOut } from '../../../../../pipeline/ingest/labels.js'
import { VoxelKernel } from '../../../../../pipeline/ingest/occupancy/kernels/voxelKernel.js'
import { sourceSha256 } from '../../../../../pipeline/ingest/occupancy/kernels/voxels.wasm.js'
import { RayCaster } from '../../../../../pipeline/ingest/occupancy/rayCaster.js'
import { RayOrigins } from '../../../../../pipeline/ingest/occupancy/rayOrigins.js'
import { untold, unvoted } from '../../../../../pipeline/ingest/occupancy/sweepPoints.js'
import { VoxelVotes, voteWeight } from '../../../../../pipeline/ingest/occupancy/voxelVotes.js'
import { PoseTrack } from '../../../../../pipeline/ingest/poseTrack.js'
import type { Sensor, Sweep } from '../../../../../pipeline/ingest/reader.js'
import { identity, normalise, type Pose, transform } from '../../../../../pipeline/pose.js'
import { type Rng, stream } from '../../../../../pipeline/random.js'
import { taxonomies } from '../../../../../pipeline/taxonomy.js'
import { sourceHash } from '../../../../../scripts/kernels.mjs'

const { fleet } = taxonomies
const grid: Grid = { name: 'odd', originM: [-4.2, -3, -1], voxelM: 0.6, dims: [13, 11, 7] }
const [drivable, others, bandM] = [1, 2, 0.3]
/** More than a block, and not a whole number of them. */
const points = 9001

test('what is committed was compiled from these sources: else run `node scripts/kernels.mjs`', () => {
  expect(sourceSha256).toBe(sourceHash())
})

/** The ego drives at 10 m/s along x. */
const poses = new PoseTrack({
  file: 'poses',
  timestampNs: BigInt64Array.from([0n, 50_000_000n, 100_000_000n]),
  q: [1, 0, 0, 0].map((v) => Float64Array.from([v, v, v])),
  t: [Float64Array.from([0, 0.5, 1]), new Float64Array(3), new Float64Array(3)],
})
const lidars: Sensor[] = [
  { sensorName: 'up', egoFromSensor: { ...identity, t: [0.1, 0.2, 0.9] } },
  { sensorName: 'down', egoFromSensor: { ...identity, t: [-0.3, 0, 0.4] } },
]

function randomSweep(rng: Rng): { sweep: Sweep; classes: Int16Array; frameFromSweep: Pose } {
  const numbers = (low: number, high: number, count = points) =>
    Array.from({ length: count }, () => rng.uniform(low, high))
  const codes = [leftOut, untold, unvoted, ...fleet.classes.keys()]
  const sweep: Sweep = {
    ...{ timeNs: 0, count: points, category: null, file: 'sweep', source: 'sweep' },
    pointsM: Float32Array.from(numbers(-6, 6, 3 * points)),
    lidar: Uint8Array.from(numbers(0, 2)),
    offsetNs: Int32Array.from(numbers(0, 100e6)),
  }
  const frameFromSweep: Pose = { q: normalise([1, 0.02, -0.01, 0.3]), t: [0.4, -0.2, 0.1] }
  return { sweep, classes: Int16Array.from({ length: points }, () => codes[rng.int(codes.length)]), frameFromSweep }
}

/** The same in plain TypeScript, point by point, but for what a ray passes: `rayCaster.test.ts` holds that against geometry. */
function plain({ sweep, classes, frameFromSweep }: ReturnType<typeof randomSweep>, heightM: Float32Array) {
  const origins = new RayOrigins(sweep, lidars, poses, identity)
  const votes = new VoxelVotes(grid, fleet)
  const rays = lidars.map(() => ({ count: 0, fromM: new Float32Array(3 * points), toM: new Float32Array(3 * points) }))
  const masks = lidars.map(() => new Uint8Array(voxelCount(grid)))
  for (let p = 0; p < points; p++) {
    if (classes[p] === leftOut) continue
    const sensor = sweep.lidar[p]
    const ray = rays[sensor]
    const at = 3 * ray.count++
    origins.write(sensor, sweep.offsetNs[p], ray.fromM, at)
    ray.toM.set(transform(frameFromSweep, [...sweep.pointsM.subarray(3 * p, 3 * p + 3)] as unknown as Pose['t']), at)
    const place = [0, 1, 2].map((axis) => Math.floor((ray.toM[at + axis] - grid.originM[axis]) / grid.voxelM))
    if (classes[p] === unvoted || place.some((v, axis) => v < 0 || v >= grid.dims[axis])) continue
    const column = place[0] * grid.dims[1] + place[1]
    const isGround = column % 2 === 1 && Math.abs(ray.toM[at + 2] - heightM[column]) <= bandM
    const voxel = column * grid.dims[2] + place[2]
    masks[sensor][voxel] = 1
    votes.add(voxel, classes[p] === untold ? (isGround ? drivable : others) : classes[p])
  }
  const semantics = new Uint8Array(voxelCount(grid)).fill(255)
  for (let slot = 0; slot < votes.count; slot++) semantics[votes.voxels[slot]] = votes.winner(slot)
  for (const [sensor, mask] of masks.entries()) {
    const caster = new RayCaster(grid)
    caster.cast(rays[sensor])
    caster.markPassed(mask)
  }
  return { semantics, masks: masks.map((mask) => [...mask]) }
}

describe.each([1, 2, 3])('against plain TypeScript, voxel by voxel, seed %i', (seed) => {
  const rng = stream(seed, 'sweeps')
  const kernel = new VoxelKernel(grid, lidars.length, fleet.classes.map(voteWeight), lidars.length)
  const columns = grid.dims[0] * grid.dims[1]
  const heightM = Float32Array.from({ length: columns }, () => rng.uniform(-1, 2))
  kernel.setUntold(drivable, others, bandM)
  kernel.placeGround({ drivable: Uint8Array.from({ length: columns }, (_, column) => column % 2), heightM })

  // Twice: the second sweep finds what the first one left when it is not cleared.
  test.each(['first', 'second'])('the %s sweep', () => {
    const random = randomSweep(rng)
    const { sweep, classes, frameFromSweep } = random
    kernel.clear()
    kernel.addSweep(sweep, classes, frameFromSweep, new RayOrigins(sweep, lidars, poses, identity))
    const expected = plain(random, heightM)
    expect([...kernel.semantics(255, () => undefined)]).toEqual([...expected.semantics])
    const seen = lidars.map((_, sensor) => {
      const bits = kernel.seenBits(sensor)
      return Array.from(expected.semantics, (_, voxel) => bitAt(bits, voxel))
    })
    expect(seen).toEqual(expected.masks)
    expect(new Set(expected.semantics).size).toBeGreaterThan(5)
    expect(seen[0]).not.toEqual(seen[1])
  })
})

test('votes past the first mebibyte: the memory grows and nothing is lost', () => {
  const large: Grid = { name: 'large', originM: [0, 0, 0], voxelM: 1, dims: [100, 100, 10] }
  const kernel = new VoxelKernel(large, 1, fleet.classes.map(voteWeight))
  for (let v = 0; v < 100_000; v++)
    kernel.voteAt(0, v % 3, Math.floor(v / 1000) + 0.5, (Math.floor(v / 10) % 100) + 0.5, (v % 10) + 0.5)
  expect(kernel.semantics(255, () => undefined).every((label, v) => label === v % 3)).toBe(true)
})

test('a voxel of more than 65,535 points of one class keeps it', () => {
  const kernel = new VoxelKernel(grid, 1, fleet.classes.map(voteWeight))
  for (let n = 0; n < 65_540; n++) kernel.voteAt(0, 4, 0, 0, 0)
  kernel.voteAt(0, 5, 0, 0, 0)
  expect(new Set(kernel.semantics(255, () => undefined))).toEqual(new Set([255, 4]))
})

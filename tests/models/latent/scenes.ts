import { type Grid, packBits, voxelCount } from '../../../pipeline/grid.js'
import { type Rng, stream } from '../../../pipeline/random.js'
import type { Frame } from '../../../pipeline/schema.js'
import { classIndex, taxonomies } from '../../../pipeline/taxonomy.js'

export const taxonomy = taxonomies.fleet

/** A grid small enough for tests that train. */
export const tinyGrid: Grid = { name: 'tiny', originM: [-6.4, -6.4, -1], voxelM: 0.8, dims: [16, 16, 4] }

const index = (name: string) => classIndex(taxonomy, name)
const boxes = [
  { name: 'building', size: [10, 8, 8], count: 3 },
  { name: 'vegetation', size: [3, 3, 5], count: 5 },
  { name: 'car', size: [6, 3, 3], count: 6 },
  { name: 'pole', size: [1, 1, 6], count: 6 },
  { name: 'pedestrian', size: [1, 1, 3], count: 5 },
  { name: 'cone', size: [1, 1, 1], count: 2 },
] as const

/** A made-up street: ground, a road through it and boxes on it, most of it observed. Frame `i` of a log drives on. */
export function streetFrame(grid: Grid, seed: number, logId = 'log', frameIndex = 0): Frame {
  const rng = stream(seed, 'street', logId, Math.floor(frameIndex / 20))
  const [X, Y, Z] = grid.dims
  const semantics = new Uint8Array(voxelCount(grid)).fill(index('free'))
  const ahead = frameIndex % 20
  const roadWidth = Math.round(Y / 4 + rng.int(Y / 4))
  const roadStart = rng.int(Y - roadWidth)
  for (let i = 0; i < X; i++)
    for (let j = 0; j < Y; j++)
      semantics[(i * Y + j) * Z] = j >= roadStart && j < roadStart + roadWidth ? index('drivable') : index('terrain')
  for (const { name, size, count } of boxes)
    for (let b = 0; b < count; b++) addBox(semantics, grid, index(name), size, rng, ahead)
  return frameOf(grid, semantics, seed, logId, frameIndex)
}

function addBox(
  semantics: Uint8Array,
  { dims: [X, Y, Z] }: Grid,
  label: number,
  [length, width, height]: readonly number[],
  rng: Rng,
  ahead: number,
): void {
  const [x0, y0] = [rng.int(X + 20) - ahead, rng.int(Y)]
  for (let i = Math.max(0, x0); i < Math.min(X, x0 + length); i++)
    for (let j = y0; j < Math.min(Y, y0 + width); j++)
      for (let k = 1; k <= Math.min(Z - 1, height); k++) semantics[(i * Y + j) * Z + k] = label
}

function frameOf(grid: Grid, semantics: Uint8Array, seed: number, logId: string, frameIndex: number): Frame {
  const rng = stream(seed, 'observed', logId, frameIndex)
  const seen = Uint8Array.from(semantics, () => (rng.float() < 0.8 ? 1 : 0))
  return {
    logId,
    siteId: 'site',
    routeId: 'route',
    rigId: 'rig',
    calibrationId: null,
    mapVersion: null,
    weather: null,
    timeOfDay: null,
    frameIndex,
    timestampNs: BigInt(frameIndex) * 100_000_000n,
    cityFromEgo: { q: [1, 0, 0, 0], t: [frameIndex * grid.voxelM, 0, 0] },
    egoMotion: frameIndex === 0 ? null : { dxM: grid.voxelM, dyM: 0, dzM: 0, dyawRad: 0, dtS: 0.1 },
    semantics,
    observed: packBits(seen),
    observedBy: null,
    lidarPoints: 0,
    sweeps: 1,
    objectCount: null,
    source: 'made up',
  }
}

import type { ScoredFrame, World } from '../../../eval/measures/measure.js'
import { type Grid, packBits, voxelCount } from '../../../pipeline/grid.js'
import { identity } from '../../../pipeline/pose.js'
import type { Rng } from '../../../pipeline/random.js'
import type { Frame } from '../../../pipeline/schema.js'
import type { DatasetTaxonomy } from '../../../pipeline/taxonomy.js'

/** One frame of a made-up log, its masks one byte a voxel. */
export interface MadeFrame {
  truth: Uint8Array
  predicted: Uint8Array
  observed: Uint8Array
  camera: Uint8Array
  lidar: Uint8Array
}

export interface MadeScene {
  world: World
  frames: MadeFrame[]
}

const classes: DatasetTaxonomy['classes'] = [
  { name: 'others', colour: '#000000', superclass: 'object', rare: false },
  { name: 'car', colour: '#000000', superclass: 'vehicle', rare: false },
  { name: 'bus', colour: '#000000', superclass: 'vehicle', rare: true },
  { name: 'pedestrian', colour: '#000000', superclass: 'person', rare: true },
  { name: 'drivable', colour: '#000000', superclass: 'ground', rare: false },
  { name: 'free', colour: '#000000', superclass: 'free', rare: false },
]

/** A small grid around the LiDAR, classes in any order, and one to three frames; some are all free, some see nothing. */
export function randomScene(rng: Rng): MadeScene {
  const voxelM = rng.pick([0.5, 1.7, 8])
  const dims = [4 + rng.int(5), 4 + rng.int(5), 2 + rng.int(5)] as const
  const originM = [-0.5 * dims[0] * voxelM, -0.5 * dims[1] * voxelM, 1.5 - 0.5 * dims[2] * voxelM] as const
  const grid: Grid = { name: 'made up', originM, voxelM, dims }
  const taxonomy = { name: 'made up', classes: rng.shuffle([...classes]) }
  const frames = Array.from({ length: 1 + rng.int(3) }, () => randomFrame(rng, grid, taxonomy))
  return { world: { grid, taxonomy, rateHz: 2 }, frames }
}

/** Blocks of labels, so that there are insides and surfaces; only some classes are there. */
function randomFrame(rng: Rng, grid: Grid, { classes }: DatasetTaxonomy): MadeFrame {
  const voxels = voxelCount(grid)
  const free = classes.findIndex(({ name }) => name === 'free')
  const there = classes.map((_, index) => index).filter((index) => index !== free && rng.float() < 0.6)
  const isEmpty = rng.float() < 0.1 || there.length === 0
  const labels = () => {
    const made = new Uint8Array(voxels).fill(free)
    for (let n = isEmpty ? 0 : rng.int(6); n > 0; n--) fillBlock(made, grid, rng, rng.pick(there))
    return made
  }
  const truth = labels()
  const other = labels()
  const keep = rng.float()
  const predicted = rng.float() < 0.1 ? other : truth.map((label, v) => (rng.float() < keep ? label : other[v]))
  const share = rng.pick([0, 0.3, 0.8, 1])
  const mask = () => Uint8Array.from({ length: voxels }, () => (rng.float() < share ? 1 : 0))
  const [camera, lidar] = [mask(), mask()]
  return { truth, predicted, camera, lidar, observed: camera.map((seen, v) => seen | lidar[v]) }
}

function fillBlock(labels: Uint8Array, { dims }: Grid, rng: Rng, label: number): void {
  const [X, Y, Z] = dims
  const from = dims.map((size) => rng.int(size))
  const to = from.map((start, axis) => Math.min(dims[axis], start + 1 + rng.int(dims[axis])))
  for (let i = from[0]; i < Math.min(to[0], X); i++)
    for (let j = from[1]; j < Math.min(to[1], Y); j++)
      for (let k = from[2]; k < Math.min(to[2], Z); k++) labels[(i * Y + j) * Z + k] = label
}

/** What a measure is given of a made-up frame. */
export function scoredOf({ truth, predicted, observed, camera, lidar }: MadeFrame): ScoredFrame {
  const masks = { observed: packBits(observed), observedBy: { camera: packBits(camera), lidar: packBits(lidar) } }
  const frame = { logId: 'drive', frameIndex: 0, cityFromEgo: identity, semantics: truth, ...masks }
  return {
    truth: frame as unknown as Frame,
    objects: null,
    predicted,
    occupied: null,
    horizonS: null,
    cityFromEgo: identity,
  }
}

import type { Dataset } from '../../../pipeline/dataset.js'
import { type Grid, grids, voxelCount } from '../../../pipeline/grid.js'
import { type Rng, stream } from '../../../pipeline/random.js'
import type { Frame } from '../../../pipeline/schema.js'
import { fleet } from '../../../pipeline/taxonomies/fleet.js'
import { classIndex, freeIndex } from '../../../pipeline/taxonomy.js'

/** A box in the world, metres; heights from the grid's floor. */
interface Block {
  x: number
  y: number
  halfX: number
  halfY: number
  heightM: number
}

/** Where an ego stands in a world. */
export interface View {
  x: number
  y: number
  yawRad: number
}

export const grid: Grid = grids.compact
const free = freeIndex(fleet)
const [building, road] = ['building', 'drivable'].map((name) => classIndex(fleet, name))

/** A made-up town: a block about every 12 m, along streets 8 m wide. */
export class World {
  private readonly blocks: Block[]

  constructor(seed: number, name: string) {
    const rng = stream(seed, 'world', name)
    this.blocks = Array.from({ length: 400 }, () => blockOf(rng))
  }

  /** What an ego there sees: blocks as buildings, a road wherever it is not blocked. */
  semantics({ x, y, yawRad }: View): Uint8Array {
    const { originM, voxelM, dims } = grid
    const seen = new Uint8Array(voxelCount(grid)).fill(free)
    const [cos, sin] = [Math.cos(yawRad), Math.sin(yawRad)]
    const near = this.blocks.filter((b) => Math.hypot(b.x - x, b.y - y) < 60)
    for (let i = 0; i < dims[0]; i++)
      for (let j = 0; j < dims[1]; j++) {
        const [ex, ey] = [originM[0] + (i + 0.5) * voxelM, originM[1] + (j + 0.5) * voxelM]
        const [wx, wy] = [x + cos * ex - sin * ey, y + sin * ex + cos * ey]
        const block = near.find((b) => Math.abs(b.x - wx) < b.halfX && Math.abs(b.y - wy) < b.halfY)
        const column = (i * dims[1] + j) * dims[2]
        if (!block) seen[column + 1] = road
        else seen.fill(building, column + 1, column + 1 + Math.min(dims[2] - 1, Math.ceil(block.heightM / voxelM)))
      }
    return seen
  }
}

function blockOf(rng: Rng): Block {
  const [x, y] = [rng.uniform(-120, 120), rng.uniform(-120, 120)]
  return { x, y, halfX: rng.uniform(1, 5), halfY: rng.uniform(1, 5), heightM: rng.uniform(1, 6) }
}

/** At most a metre and 5° away. */
export function nudged({ x, y, yawRad }: View, rng: Rng): View {
  const [away, towards] = [rng.float(), rng.uniform(0, 2 * Math.PI)]
  const turnRad = (rng.uniform(-5, 5) * Math.PI) / 180
  return { x: x + away * Math.cos(towards), y: y + away * Math.sin(towards), yawRad: yawRad + turnRad }
}

/** As much of a dataset as signatures are read from: frames of logs, in rows. */
export function datasetOf(logs: Record<string, readonly Uint8Array[]>): Pick<Dataset, 'frames' | 'grid' | 'taxonomy'> {
  return {
    ...{ grid, taxonomy: fleet },
    async *frames(logId) {
      for (const semantics of logs[logId]) yield { semantics } as Frame
    },
  }
}

import { DataError } from '../errors.js'
import { packBits, voxelCount } from '../grid.js'
import { freeIndex } from '../taxonomy.js'
import { nearestIndex } from './frameTimes.js'
import { type AxisPairs, axisPairs, sameCells } from './gridMap.js'
import { categoryCounts, countUnmapped, leftOut } from './labels.js'
import type { BuiltFrame, FrameBuilder, OccupancyMethod, Scene } from './occupancyMethod.js'
import { freeCategory, type RawLog, type VoxelGrid, type VoxelSource } from './reader.js'
import { VoxelVotes } from './voxelVotes.js'

/**
 * Occupancy that the source ships as voxels. On the source's own grid each voxel is taken as it is. On another, a
 * voxel is occupied when any source voxel in it is, with the class of their vote, and observed (by a sensor) when any
 * of them is.
 */
export const voxelOccupancy: OccupancyMethod = {
  offeredNs: (log) => voxelsOf(log).timesNs,
  open: (scene) => new VoxelFrames(scene, voxelsOf(scene.log)),
}

function voxelsOf(log: RawLog): VoxelSource {
  if (log.voxels) return log.voxels
  throw new DataError('no voxel grids to take occupancy from', { file: log.dir, expected: 'occupancy of its own' })
}

class VoxelFrames implements FrameBuilder {
  private readonly free: number
  /** By code of the source; the free class for what is left out. */
  private readonly classes: Uint8Array
  /** Source voxel and target voxel, pair by pair; null where the grids are the same. */
  private readonly pairs: AxisPairs | null
  private readonly votes: VoxelVotes

  constructor(
    private readonly scene: Scene,
    private readonly source: VoxelSource,
  ) {
    const { grid, taxonomy, labels } = scene
    this.free = freeIndex(taxonomy)
    this.classes = Uint8Array.from(source.categories, (category) => {
      const label = category === freeCategory ? this.free : labels.classOf(category)
      return label === leftOut ? this.free : label
    })
    this.pairs = sameCells(source.grid, grid) ? null : voxelPairs(source, scene)
    this.votes = new VoxelVotes(grid, taxonomy)
  }

  async build(timeNs: number): Promise<BuiltFrame> {
    const given = await this.source.read(nearestIndex(this.source.timesNs, timeNs))
    this.countOdd(given)
    const observedBy = this.source.masks.map((name) => [name, packBits(this.mask(given.observedBy[name]))])
    return {
      semantics: this.semantics(given.categories),
      observed: packBits(this.mask(given.observed)),
      observedBy: observedBy.length === 0 ? null : Object.fromEntries(observedBy),
      lidarPoints: 0,
      sweeps: 0,
      source: given.source,
    }
  }

  private countOdd({ categories, file }: VoxelGrid): void {
    const { labels, skips } = this.scene
    const counts = categoryCounts({ codes: categories, count: categories.length, file }, this.source.categories)
    const things = counts.filter(({ name }) => name !== freeCategory)
    countUnmapped(labels, 'voxel', things, skips)
  }

  private semantics(categories: VoxelGrid['categories']): Uint8Array {
    const { classes, free, pairs, votes } = this
    const { others } = this.scene.labels
    const classOf = (code: number) => (code < classes.length ? classes[code] : others)
    if (!pairs) return Uint8Array.from(categories, classOf)
    const semantics = new Uint8Array(voxelCount(this.scene.grid)).fill(free)
    votes.clear()
    pairs.source.forEach((from, pair) => {
      const label = classOf(categories[from])
      if (label !== free) votes.add(pairs.target[pair], label)
    })
    for (let slot = 0; slot < votes.count; slot++) semantics[votes.voxels[slot]] = votes.winner(slot)
    return semantics
  }

  private mask(given: Uint8Array): Uint8Array {
    const { pairs } = this
    if (!pairs) return given
    const mask = new Uint8Array(voxelCount(this.scene.grid))
    pairs.source.forEach((from, pair) => {
      if (given[from]) mask[pairs.target[pair]] = 1
    })
    return mask
  }
}

/** Every pair of a source voxel and the voxel of the dataset's grid that it falls on. Throws DataError for none. */
function voxelPairs({ grid: from }: VoxelSource, { grid: to, log }: Scene): AxisPairs {
  const [x, y, z] = ([0, 1, 2] as const).map((axis) => axisPairs(from, to, axis))
  const count = x.source.length * y.source.length * z.source.length
  if (count === 0)
    throw new DataError(`grid '${to.name}' does not meet the log's own`, { file: log.dir, expected: `'${from.name}'` })
  const source = new Int32Array(count)
  const target = new Int32Array(count)
  let at = 0
  for (let i = 0; i < x.source.length; i++)
    for (let j = 0; j < y.source.length; j++)
      for (let k = 0; k < z.source.length; k++) {
        source[at] = (x.source[i] * from.dims[1] + y.source[j]) * from.dims[2] + z.source[k]
        target[at] = (x.target[i] * to.dims[1] + y.target[j]) * to.dims[2] + z.target[k]
        at++
      }
  return { source, target }
}

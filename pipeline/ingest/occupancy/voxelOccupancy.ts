import { DataError } from '../../errors.js'
import { packBits, voxelCount } from '../../grid.js'
import { freeIndex } from '../../taxonomy.js'
import { nearestIndex } from '../frameTimes.js'
import { categoryCounts, countUnmapped, leftOut } from '../labels.js'
import { freeCategory, type RawLog, type VoxelGrid, type VoxelSource } from '../reader.js'
import { sameCells, VoxelPairs } from './gridMap.js'
import type { BuiltFrame, FrameBuilder, OccupancyMethod, Scene } from './occupancyMethod.js'
import { VoxelVotes } from './voxelVotes.js'

/**
 * Occupancy that the source ships as voxels. On the source's own grid each voxel is taken as it is. On another, a
 * voxel is occupied when any source voxel in it is, with the class of their vote, and observed (by a sensor) when any
 * of them is. Where a thing stands that is left out, nothing is known.
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
  /** By code of the source: 1 where its things are left out. */
  private readonly isLeftOut: Uint8Array
  /** Null where the grids are the same. */
  private readonly pairs: VoxelPairs | null
  private readonly votes: VoxelVotes

  constructor(
    private readonly scene: Scene,
    private readonly source: VoxelSource,
  ) {
    const { grid, taxonomy, labels, log } = scene
    this.free = freeIndex(taxonomy)
    const found = source.categories.map((name) => (name === freeCategory ? this.free : labels.classOf(name)))
    this.classes = Uint8Array.from(found, (label) => (label === leftOut ? this.free : label))
    this.isLeftOut = Uint8Array.from(found, (label) => Number(label === leftOut))
    this.pairs = sameCells(source.grid, grid) ? null : new VoxelPairs(source.grid, grid)
    if (this.pairs?.count === 0)
      throw new DataError(`grid '${grid.name}' does not meet the log's own`, {
        file: log.dir,
        expected: `'${source.grid.name}'`,
      })
    this.votes = new VoxelVotes(grid, taxonomy)
  }

  async build(timeNs: number): Promise<BuiltFrame> {
    const given = await this.source.read(nearestIndex(this.source.timesNs, timeNs))
    const isOdd = this.countOdd(given)
    const mask = (seen: Uint8Array) => packBits(this.mask(isOdd ? this.withoutLeftOut(seen, given) : seen))
    const observedBy = this.source.masks.map((name) => [name, mask(given.observedBy[name])])
    return {
      semantics: this.semantics(given.categories),
      observed: mask(given.observed),
      observedBy: observedBy.length === 0 ? null : Object.fromEntries(observedBy),
      lidarPoints: 0,
      sweeps: 0,
      source: given.source,
    }
  }

  /** Counts what the table does not know or leaves out; whether anything is left out. */
  private countOdd({ categories, file }: VoxelGrid): boolean {
    const { labels, skips } = this.scene
    const counts = categoryCounts({ codes: categories, count: categories.length, file }, this.source.categories)
    const things = counts.filter(({ name }) => name !== freeCategory)
    countUnmapped(labels, 'voxel', things, skips)
    return things.some(({ name }) => labels.classOf(name) === leftOut)
  }

  private withoutLeftOut(seen: Uint8Array, { categories }: VoxelGrid): Uint8Array {
    const kept = seen.slice()
    for (let voxel = 0; voxel < kept.length; voxel++) if (this.isLeftOut[categories[voxel]]) kept[voxel] = 0
    return kept
  }

  private semantics(categories: VoxelGrid['categories']): Uint8Array {
    const { classes, free, pairs, votes } = this
    const { others } = this.scene.labels
    const semantics = new Uint8Array(voxelCount(this.scene.grid)).fill(free)
    if (!pairs) {
      for (let v = 0; v < semantics.length; v++) semantics[v] = classes[categories[v]] ?? others
      return semantics
    }
    votes.clear()
    pairs.forEach((from, to) => {
      const label = classes[categories[from]] ?? others
      if (label !== free) votes.add(to, label)
    })
    for (let slot = 0; slot < votes.count; slot++) semantics[votes.voxels[slot]] = votes.winner(slot)
    return semantics
  }

  private mask(given: Uint8Array): Uint8Array {
    const { pairs } = this
    if (!pairs) return given
    const mask = new Uint8Array(voxelCount(this.scene.grid))
    pairs.forEach((from, to) => {
      if (given[from]) mask[to] = 1
    })
    return mask
  }
}

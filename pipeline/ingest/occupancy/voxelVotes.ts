import { type Grid, voxelCount } from '../../grid.js'
import type { DatasetTaxonomy, VoxelClass } from '../../taxonomy.js'

/**
 * What one point weighs in the vote on its voxel's class. Ground lies under everything and unlabelled points around it,
 * so a thing that stands there outweighs them; a person or a rare thing, which few points hit, weighs more again.
 */
export function voteWeight({ name, rare, superclass }: VoxelClass): number {
  if (rare || superclass === 'person') return 4
  return superclass === 'ground' || name === 'others' ? 1 : 2
}

/** Points a voxel and class, and the class that wins: the greatest weighted number, then weight, then class index. */
export class VoxelVotes {
  /** Voxels with at least one point, in the order of their first. */
  readonly voxels: Int32Array
  count = 0
  private readonly slotOf: Int32Array
  private votes: Uint16Array
  private readonly weights: readonly number[]

  constructor(grid: Grid, taxonomy: DatasetTaxonomy) {
    this.voxels = new Int32Array(voxelCount(grid))
    this.slotOf = new Int32Array(voxelCount(grid)).fill(-1)
    this.weights = taxonomy.classes.map(voteWeight)
    this.votes = new Uint16Array(4096 * this.weights.length)
  }

  clear(): void {
    for (let slot = 0; slot < this.count; slot++) this.slotOf[this.voxels[slot]] = -1
    this.votes.fill(0, 0, this.count * this.weights.length)
    this.count = 0
  }

  add(voxel: number, classIndex: number): void {
    const classes = this.weights.length
    let slot = this.slotOf[voxel]
    if (slot < 0) {
      slot = this.count++
      this.slotOf[voxel] = slot
      this.voxels[slot] = voxel
      if (this.count * classes > this.votes.length) this.grow()
    }
    // Saturates: beyond 65,535 points of one class the vote is long decided.
    const at = slot * classes + classIndex
    if (this.votes[at] < 65535) this.votes[at]++
  }

  /** The winning class of the voxel at `voxels[slot]`. */
  winner(slot: number): number {
    const { weights, votes } = this
    let best = 0
    let bestVotes = -1
    for (let c = 0, at = slot * weights.length; c < weights.length; c++, at++) {
      const weighted = votes[at] * weights[c]
      if (votes[at] === 0 || weighted < bestVotes) continue
      if (weighted > bestVotes || weights[c] > weights[best]) {
        best = c
        bestVotes = weighted
      }
    }
    return best
  }

  private grow(): void {
    const larger = new Uint16Array(2 * this.votes.length)
    larger.set(this.votes)
    this.votes = larger
  }
}

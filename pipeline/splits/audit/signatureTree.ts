import { dot, principalAxes } from './principalAxes.js'
import type { SignatureSet } from './signatureSet.js'

const axisCount = 16
/** Smaller ranges are looked through one by one. */
const leafSize = 16
/** What rounding may add to a distance along the axes. */
const slack = 1e-6

/** All signatures along a few axes. */
export class Projection {
  readonly axes: number
  private readonly along: Float32Array

  constructor(set: SignatureSet) {
    const axes = set.count === 0 ? [] : principalAxes((i) => set.unit(i), set.count, set.length, axisCount)
    this.axes = axes.length
    this.along = new Float32Array(this.axes * set.count)
    for (let i = 0; i < set.count; i++) {
      const unit = set.unit(i)
      for (let a = 0; a < this.axes; a++) this.along[i * this.axes + a] = dot(axes[a], unit)
    }
  }

  at(index: number, axis: number): number {
    return this.along[index * this.axes + axis]
  }

  /** Whether the signatures are surely not nearer than the root of `squared`, as far as the axes tell. */
  isBeyond(a: number, b: number, squared: number): boolean {
    const { along, axes } = this
    const [fromA, fromB] = [a * axes, b * axes]
    let sum = 0
    for (let axis = 0; axis < axes; axis++) {
      const apart = along[fromA + axis] - along[fromB + axis]
      sum += apart * apart
      if (sum >= squared) return true
    }
    return false
  }
}

/**
 * A k-d tree over some signatures of a set, along the set's principal axes: it finds exactly what comparing with all of
 * them would, and looks at few. The middle of a range parts it along an axis, the axes in turn.
 */
export class SignatureTree {
  private best = -1
  private bestDistance = 0
  private compared = 0
  /** Where the range whose middle this is was parted: a middle belongs to one range alone. */
  private readonly cut: Float32Array

  /** `members`: numbers of the signatures; they are put in another order. */
  constructor(
    private readonly set: SignatureSet,
    private readonly projection: Projection,
    private readonly members: Int32Array,
  ) {
    this.cut = new Float32Array(members.length)
    this.build(0, members.length, 0)
  }

  /** Whole signatures compared so far. */
  get comparisons(): number {
    return this.compared
  }

  /** The signature nearest to signature `query` of those nearer than `limit`; null when there is none. */
  nearest(query: number, limit: number): { index: number; distance: number } | null {
    this.best = -1
    this.bestDistance = limit
    this.search(query, 0, this.members.length, 0)
    return this.best < 0 ? null : { index: this.best, distance: this.bestDistance }
  }

  private search(query: number, from: number, to: number, axis: number): void {
    if (to - from <= leafSize) {
      for (let i = from; i < to; i++) this.compare(query, this.members[i])
      return
    }
    const middle = (from + to) >> 1
    const next = (axis + 1) % this.projection.axes
    const across = this.projection.at(query, axis) - this.cut[middle]
    if (across < 0) this.search(query, from, middle, next)
    else this.search(query, middle, to, next)
    if (Math.abs(across) >= this.bestDistance + slack) return
    if (across < 0) this.search(query, middle, to, next)
    else this.search(query, from, middle, next)
  }

  private compare(query: number, member: number): void {
    const reach = this.bestDistance + slack
    if (this.projection.isBeyond(query, member, reach * reach)) return
    this.compared++
    const distance = this.set.distance(query, member)
    // Of equally near ones the first, so that the order in the tree does not matter.
    if (distance > this.bestDistance || (distance === this.bestDistance && !(member < this.best))) return
    this.best = member
    this.bestDistance = distance
  }

  private build(from: number, to: number, axis: number): void {
    if (to - from <= leafSize) return
    const own = this.members.subarray(from, to)
    own.sort((a, b) => this.projection.at(a, axis) - this.projection.at(b, axis))
    const middle = (from + to) >> 1
    this.cut[middle] = this.projection.at(this.members[middle], axis)
    const next = (axis + 1) % this.projection.axes
    this.build(from, middle, next)
    this.build(middle, to, next)
  }
}

import { principalAxes } from './principalAxes.js'
import type { SignatureSet } from './signatureSet.js'

const axisCount = 32
/** Smaller ranges are looked through one by one. */
const leafSize = 12
/** What rounding may add to a distance along the axes. */
const slack = 1e-6
/**
 * A quick search leaves out ranges that lie beside the query by more than this part of the distance it looks within: what
 * is near is rarely beside it by so much in the few axes along which the tree parts them. And it looks at so many leaves.
 */
const quickReach = 0.2
const quickLeaves = 128

/**
 * All signatures along a few axes, and one more: the length of what the axes leave of them. Signatures are of length 1,
 * so along these, too, two are never farther apart than they are (|a − b|² = |Pa − Pb|² + |Ra − Rb|², and what is left,
 * R, is apart by no less than its lengths are).
 */
export class Projection {
  readonly axes: number
  private readonly along: Float32Array

  constructor(set: SignatureSet) {
    const axes = set.count === 0 ? [] : principalAxes((i) => set.unit(i), set.count, set.length, axisCount)
    this.axes = axes.length + 1
    this.along = new Float32Array(this.axes * set.count)
    for (let i = 0; i < set.count; i++) {
      let left = 1
      for (let a = 0; a < axes.length; a++) {
        const along = set.along(i, axes[a])
        this.along[i * this.axes + a] = along
        left -= along * along
      }
      this.along[i * this.axes + axes.length] = Math.sqrt(Math.max(0, left))
    }
  }

  at(index: number, axis: number): number {
    return this.along[index * this.axes + axis]
  }

  /** A signature along all axes. */
  of(index: number): Float32Array {
    return this.along.subarray(index * this.axes, (index + 1) * this.axes)
  }
}

/**
 * A k-d tree over some signatures of a set, along the set's principal axes. The middle of a range parts it along the axis
 * in which it is widest. A search adds up, over the axes, how far a range lies beside the signature that is asked for
 * (Arya and Mount, https://doi.org/10.1109/DCC.1993.253111): beside it a little in many axes is far away, too.
 *
 * An exact search finds what comparing with all of them would. In so many dimensions that means to look at a part of
 * them that does not shrink as they get more; a quick search looks at a bounded number, and compares what it finds exactly,
 * but now and then finds nothing, or not the nearest, where there is something (`docs/splitAudit.md` says how often).
 */
export class SignatureTree {
  private best = -1
  private bestDistance = 0
  private compared = 0
  /** Of the range whose middle this is, for a middle belongs to one range alone: the axis that parts it, … */
  private readonly axis: Uint8Array
  /** … where its lower half ends along that axis, and where its upper half begins. */
  private readonly lowEnd: Float32Array
  private readonly highStart: Float32Array
  /** Members along the axes, in tree order, so that a leaf is read in one go. */
  private readonly along: Float32Array
  private query = -1
  /** Leaves that the search under way may still look at. */
  private leavesLeft = 0
  private readonly own: Float64Array
  /** How far the range looked at lies beside the query, by axis. */
  private readonly beside: Float64Array

  /** `members`: numbers of the signatures; they are put in another order. */
  constructor(
    private readonly set: SignatureSet,
    private readonly projection: Projection,
    private readonly members: Int32Array,
    private readonly isExact = true,
  ) {
    const { axes } = projection
    this.axis = new Uint8Array(members.length)
    this.lowEnd = new Float32Array(members.length)
    this.highStart = new Float32Array(members.length)
    this.own = new Float64Array(axes)
    this.beside = new Float64Array(axes)
    this.build(0, members.length)
    this.along = new Float32Array(axes * members.length)
    for (const [place, member] of members.entries()) this.along.set(projection.of(member), place * axes)
  }

  /** Whole signatures compared so far. */
  get comparisons(): number {
    return this.compared
  }

  /** The signature nearest to signature `query` of those nearer than `limit`; null when there is none. */
  nearest(query: number, limit: number): { index: number; distance: number } | null {
    this.best = -1
    this.bestDistance = limit
    this.query = query
    this.leavesLeft = this.isExact ? Number.POSITIVE_INFINITY : quickLeaves
    this.own.set(this.projection.of(query))
    this.beside.fill(0)
    this.search(0, this.members.length, 0)
    return this.best < 0 ? null : { index: this.best, distance: this.bestDistance }
  }

  /** `squared`: how far the range lies beside the query at least. */
  private search(from: number, to: number, squared: number): void {
    if (to - from <= leafSize) {
      if (this.leavesLeft-- <= 0) return
      for (let place = from; place < to; place++) this.look(place)
      return
    }
    const middle = (from + to) >> 1
    const axis = this.axis[middle]
    const own = this.own[axis]
    const [aboveLow, belowHigh] = [own - this.lowEnd[middle], this.highStart[middle] - own]
    if (aboveLow < belowHigh) {
      this.enter(from, middle, squared, axis, aboveLow)
      this.enter(middle, to, squared, axis, belowHigh)
    } else {
      this.enter(middle, to, squared, axis, belowHigh)
      this.enter(from, middle, squared, axis, aboveLow)
    }
  }

  /** Searches a half that lies beside the query by `apart` along an axis, if it may hold something nearer. */
  private enter(from: number, to: number, squared: number, axis: number, apart: number): void {
    const before = this.beside[axis]
    const reach = (this.isExact ? 1 : quickReach) * this.bestDistance + slack
    if (apart <= before) {
      if (squared < reach * reach) this.search(from, to, squared)
      return
    }
    const now = squared - before * before + apart * apart
    if (now >= reach * reach) return
    this.beside[axis] = apart
    this.search(from, to, now)
    this.beside[axis] = before
  }

  private look(place: number): void {
    const { along, own } = this
    const reach = this.bestDistance + slack
    const most = reach * reach
    const { length } = own
    let sum = 0
    for (let axis = 0, at = place * length; axis < length; axis++, at++) {
      const apart = along[at] - own[axis]
      sum += apart * apart
      if (sum >= most) return
    }
    this.compare(this.members[place])
  }

  private compare(member: number): void {
    this.compared++
    const distance = this.set.distance(this.query, member)
    // Of equally near ones the first, so that the order in the tree does not matter.
    if (distance > this.bestDistance || (distance === this.bestDistance && !(member < this.best))) return
    this.best = member
    this.bestDistance = distance
  }

  private build(from: number, to: number): void {
    if (to - from <= leafSize) return
    const axis = this.widest(from, to)
    const { projection, members } = this
    members.subarray(from, to).sort((a, b) => projection.at(a, axis) - projection.at(b, axis))
    const middle = (from + to) >> 1
    this.axis[middle] = axis
    this.lowEnd[middle] = projection.at(members[middle - 1], axis)
    this.highStart[middle] = projection.at(members[middle], axis)
    this.build(from, middle)
    this.build(middle, to)
  }

  /** The axis along which some of the members of a range differ most, by their variance. */
  private widest(from: number, to: number): number {
    const { projection, members } = this
    const step = Math.max(1, Math.floor((to - from) / 64))
    let [best, most] = [0, -1]
    for (let axis = 0; axis < projection.axes; axis++) {
      let [count, sum, squares] = [0, 0, 0]
      for (let place = from; place < to; place += step) {
        const value = projection.at(members[place], axis)
        count++
        sum += value
        squares += value * value
      }
      const variance = squares / count - (sum / count) ** 2
      if (variance > most) [best, most] = [axis, variance]
    }
    return best
  }
}

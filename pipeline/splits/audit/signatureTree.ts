import { axisCount, project, TreeKernel } from './kernels/signatureKernel.js'
import { principalAxes } from './principalAxes.js'
import type { SignatureSet } from './signatureSet.js'

/**
 * A quick search leaves out ranges that lie beside the query by more than this part of the distance it looks within: what
 * is near is rarely beside it by so much in the few axes along which the tree parts them. And it looks at so many leaves.
 */
const quickReach = 0.25
const quickLeaves = 256
/** More than a tree has. */
const allLeaves = 2 ** 31 - 1
const everyOne = (_member: number) => true

/** A signature's number, and how far it is from the one that was asked for. */
export interface Near {
  index: number
  distance: number
}

/**
 * All signatures along a few axes, and one more: the length of what the axes leave of them. Signatures are of length 1,
 * so along these, too, two are never farther apart than they are (|a − b|² = |Pa − Pb|² + |Ra − Rb|², and what is left,
 * R, is apart by no less than its lengths are), but for what rounding to whole units adds.
 */
export class Projection {
  private readonly coordinates: Int16Array

  constructor(set: SignatureSet) {
    const axes = principalAxes((i) => set.unit(i), set.count, set.length, axisCount - 1)
    this.coordinates = project(set.bytes, set.length, axes)
  }

  /** A signature along all axes, [axisCount], in `unitsPerOne`ths. */
  of(index: number): Int16Array {
    return this.coordinates.subarray(index * axisCount, (index + 1) * axisCount)
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
  private readonly kernel: TreeKernel
  private query = -1
  private best = -1
  private bestDistance = 0
  private compared = 0
  private counts = everyOne

  /** `members`: numbers of the signatures. */
  constructor(
    private readonly set: SignatureSet,
    private readonly projection: Projection,
    members: Int32Array,
    private readonly isExact = true,
  ) {
    this.kernel = new TreeKernel(
      members,
      (member) => projection.of(member),
      (member) => this.compare(member),
    )
  }

  /** Whole signatures compared so far. */
  get comparisons(): number {
    return this.compared
  }

  /**
   * The signature nearest to signature `query` of those nearer than `limit`; null when there is none.
   *
   * @param likely - members that are compared first: where one of them is near, fewer others have to be looked at.
   * @param counts - whether a member is asked for; by default all are.
   */
  nearest(query: number, limit: number, likely: readonly number[] = [], counts = everyOne): Near | null {
    this.nearestOf(likely, query, limit, counts)
    const [share, leaves] = this.isExact ? [1, allLeaves] : [quickReach, quickLeaves]
    this.kernel.compareNear(this.projection.of(query), this.bestDistance, share, leaves)
    return this.found()
  }

  /** The same among a few members alone. */
  nearestOf(members: readonly number[], query: number, limit: number, counts = everyOne): Near | null {
    this.best = -1
    this.bestDistance = limit
    this.query = query
    this.counts = counts
    for (const member of members) this.compare(member)
    return this.found()
  }

  private found(): Near | null {
    return this.best < 0 ? null : { index: this.best, distance: this.bestDistance }
  }

  /** Returns how far the nearest one is away. */
  private compare(member: number): number {
    this.compared++
    const distance = this.set.distance(this.query, member)
    // Of equally near ones the first, so that the order in the tree does not matter.
    const isNearer = distance < this.bestDistance || (distance === this.bestDistance && member < this.best)
    if (isNearer && this.counts(member)) {
      this.best = member
      this.bestDistance = distance
    }
    return this.bestDistance
  }
}

/** The nearest point of a tree. */
export interface Neighbour {
  /** Number of the point in the arrays the tree was built from. */
  index: number
  distanceM: number
}

/**
 * A k-d tree over points of the plane, built in O(n log n) and asked in O(log n). The tree is a permutation of the
 * points: the middle of a range is its node, the halves beside it are its branches, x and y split in turn.
 */
export class KdTree {
  private readonly order: Int32Array
  /** Of the search under way. */
  private bestIndex = -1
  private bestSquared = 0

  /** `xM` and `yM` are of equal length, metres, in one frame; they are not copied. */
  constructor(
    private readonly xM: Float64Array,
    private readonly yM: Float64Array,
  ) {
    this.order = Int32Array.from(xM, (_, i) => i)
    this.build(0, this.order.length, 0)
  }

  /** The point nearest to (x, y) among those nearer than `limitM`; null when there is none. */
  nearest(x: number, y: number, limitM: number): Neighbour | null {
    this.bestIndex = -1
    this.bestSquared = limitM * limitM
    this.search(x, y, 0, this.order.length, true)
    return this.bestIndex < 0 ? null : { index: this.bestIndex, distanceM: Math.sqrt(this.bestSquared) }
  }

  /** Whether a point is nearer to (x, y) than `limitM`. */
  isNear(x: number, y: number, limitM: number): boolean {
    return this.anyWithin(x, y, 0, this.order.length, true, limitM * limitM)
  }

  private search(x: number, y: number, from: number, to: number, alongX: boolean): void {
    if (from >= to) return
    const middle = (from + to) >> 1
    const index = this.order[middle]
    const dx = x - this.xM[index]
    const dy = y - this.yM[index]
    const squared = dx * dx + dy * dy
    if (squared < this.bestSquared) {
      this.bestSquared = squared
      this.bestIndex = index
    }
    const across = alongX ? dx : dy
    if (across < 0) this.search(x, y, from, middle, !alongX)
    else this.search(x, y, middle + 1, to, !alongX)
    if (across * across >= this.bestSquared) return
    if (across < 0) this.search(x, y, middle + 1, to, !alongX)
    else this.search(x, y, from, middle, !alongX)
  }

  private anyWithin(x: number, y: number, from: number, to: number, alongX: boolean, squaredLimit: number): boolean {
    if (from >= to) return false
    const middle = (from + to) >> 1
    const index = this.order[middle]
    const dx = x - this.xM[index]
    const dy = y - this.yM[index]
    if (dx * dx + dy * dy < squaredLimit) return true
    const across = alongX ? dx : dy
    const isFar = across * across >= squaredLimit
    return (
      ((across < 0 || !isFar) && this.anyWithin(x, y, from, middle, !alongX, squaredLimit)) ||
      ((across >= 0 || !isFar) && this.anyWithin(x, y, middle + 1, to, !alongX, squaredLimit))
    )
  }

  private build(from: number, to: number, axis: number): void {
    if (to - from <= 1) return
    const middle = (from + to) >> 1
    this.selectMiddle(axis === 0 ? this.xM : this.yM, from, to - 1, middle)
    this.build(from, middle, 1 - axis)
    this.build(middle + 1, to, 1 - axis)
  }

  /** Hoare's selection, pivot in the middle: points before `middle` are not greater, those behind it not smaller. */
  private selectMiddle(value: Float64Array, first: number, last: number, middle: number): void {
    const { order } = this
    let [from, to] = [first, last]
    while (from < to) {
      const pivot = value[order[(from + to) >> 1]]
      let [i, j] = [from, to]
      while (i <= j) {
        while (value[order[i]] < pivot) i++
        while (value[order[j]] > pivot) j--
        if (i > j) break
        const swapped = order[i]
        order[i++] = order[j]
        order[j--] = swapped
      }
      if (middle <= j) to = j
      else if (middle >= i) from = i
      else return
    }
  }
}

/** The nearest point of a tree. */
export interface Neighbour {
  /** Number of the point in the arrays the tree was built from. */
  index: number
  distanceM: number
}

/** A leaf holds at most so many points: below, looking at all is quicker than going on down. */
const leafSize = 16

/**
 * A k-d tree over points of the plane, built in O(n log n) and asked in O(log n). A node is a range of the points in
 * tree order and the box around them; its children, numbered as in a heap, are the halves of the range along the longer
 * side of the box. All of it stands in typed arrays, the coordinates in tree order, so that a leaf is read in one go.
 */
export class KdTree {
  /** In tree order: coordinates, and numbers of the points in the arrays given. */
  private readonly x: Float64Array
  private readonly y: Float64Array
  private readonly order: Int32Array
  /** Four numbers a node: least and greatest x, least and greatest y. */
  private readonly boxes: Float64Array
  /** Place in tree order of the point found, of the search under way; −1: none yet. */
  private best = -1
  private bestSquared = 0

  /** `xM` and `yM` are of equal length, metres, in one frame. */
  constructor(xM: Float64Array, yM: Float64Array) {
    this.x = xM.slice()
    this.y = yM.slice()
    this.order = new Int32Array(xM.length).map((_, i) => i)
    const depth = Math.max(0, Math.ceil(Math.log2(xM.length / leafSize)))
    this.boxes = new Float64Array(4 * (2 ** (depth + 1) - 1))
    this.build(0, 0, xM.length)
  }

  /** The point nearest to (x, y) among those nearer than `limitM`; null when there is none. */
  nearest(x: number, y: number, limitM: number): Neighbour | null {
    this.bestSquared = limitM * limitM
    this.find(x, y, 0)
    return this.best < 0 ? null : { index: this.order[this.best], distanceM: Math.sqrt(this.bestSquared) }
  }

  /** Whether a point is nearer to (x, y) than `limitM`. */
  isNear(x: number, y: number, limitM: number): boolean {
    this.bestSquared = limitM * limitM
    this.find(x, y, this.bestSquared)
    return this.best >= 0
  }

  /** Looks for a nearer point than `bestSquared`; any point whose squared distance is below `enough` ends the search. */
  private find(x: number, y: number, enough: number): void {
    this.best = -1
    const { length } = this.order
    if (length > 0 && this.squaredTo(0, x, y) < this.bestSquared) this.search(0, 0, length, x, y, enough)
  }

  private search(node: number, from: number, to: number, x: number, y: number, enough: number): void {
    if (to - from <= leafSize) {
      this.searchLeaf(from, to, x, y)
      return
    }
    const middle = (from + to) >> 1
    const [low, high] = [2 * node + 1, 2 * node + 2]
    const toLow = this.squaredTo(low, x, y)
    const toHigh = this.squaredTo(high, x, y)
    if (toLow <= toHigh) {
      if (toLow < this.bestSquared) this.search(low, from, middle, x, y, enough)
      if (toHigh < this.bestSquared && !this.isEnough(enough)) this.search(high, middle, to, x, y, enough)
    } else {
      if (toHigh < this.bestSquared) this.search(high, middle, to, x, y, enough)
      if (toLow < this.bestSquared && !this.isEnough(enough)) this.search(low, from, middle, x, y, enough)
    }
  }

  private searchLeaf(from: number, to: number, x: number, y: number): void {
    for (let i = from; i < to; i++) {
      const dx = x - this.x[i]
      const dy = y - this.y[i]
      const squared = dx * dx + dy * dy
      if (squared >= this.bestSquared) continue
      this.bestSquared = squared
      this.best = i
    }
  }

  private isEnough(enough: number): boolean {
    return this.best >= 0 && this.bestSquared < enough
  }

  /** Squared distance from (x, y) to the box of a node; 0 inside. */
  private squaredTo(node: number, x: number, y: number): number {
    const at = 4 * node
    const { boxes } = this
    const dx = x < boxes[at] ? boxes[at] - x : x > boxes[at + 1] ? x - boxes[at + 1] : 0
    const dy = y < boxes[at + 2] ? boxes[at + 2] - y : y > boxes[at + 3] ? y - boxes[at + 3] : 0
    return dx * dx + dy * dy
  }

  private build(node: number, from: number, to: number): void {
    const [width, height] = this.fitBox(node, from, to)
    if (to - from <= leafSize) return
    const middle = (from + to) >> 1
    this.selectMiddle(width >= height ? this.x : this.y, from, to - 1, middle)
    this.build(2 * node + 1, from, middle)
    this.build(2 * node + 2, middle, to)
  }

  /** Draws the box of a node around its points; returns width and height. */
  private fitBox(node: number, from: number, to: number): [number, number] {
    const { x, y } = this
    let [minX, maxX] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    let [minY, maxY] = [minX, maxX]
    for (let i = from; i < to; i++) {
      if (x[i] < minX) minX = x[i]
      if (x[i] > maxX) maxX = x[i]
      if (y[i] < minY) minY = y[i]
      if (y[i] > maxY) maxY = y[i]
    }
    this.boxes.set([minX, maxX, minY, maxY], 4 * node)
    return [maxX - minX, maxY - minY]
  }

  /** Hoare's selection, pivot in the middle: points before `middle` are not greater, those behind it not smaller. */
  private selectMiddle(value: Float64Array, first: number, last: number, middle: number): void {
    let [from, to] = [first, last]
    while (from < to) {
      const pivot = value[(from + to) >> 1]
      let [i, j] = [from, to]
      while (i <= j) {
        while (value[i] < pivot) i++
        while (value[j] > pivot) j--
        if (i <= j) this.swap(i++, j--)
      }
      if (middle <= j) to = j
      else if (middle >= i) from = i
      else return
    }
  }

  private swap(i: number, j: number): void {
    const { x, y, order } = this
    const [xI, yI, orderI] = [x[i], y[i], order[i]]
    x[i] = x[j]
    y[i] = y[j]
    order[i] = order[j]
    x[j] = xI
    y[j] = yI
    order[j] = orderI
  }
}

import { type Labels, leftOut } from '../labels.js'
import type { Box, Sweep } from '../reader.js'
import { BoxIndex } from './boxIndex.js'
import type { BoxMotions } from './boxMotions.js'

/** Range noise of a LiDAR (three sigma) and the rounding of half-precision coordinates at 100 m. */
export const boxMarginM = 0.15

/** The class is still to be told from the ground under the point. */
export const untold = -2
/** The point's ray counts, but not the point: it has a vote elsewhere, or none. */
export const unvoted = -3

/** What the points of one sweep are: buffers that grow to the largest sweep and are used again. */
export class SweepPoints {
  count = 0
  /** Points that take part: all but those of categories that are left out. */
  kept = 0
  /** Class index of each point, `leftOut`, `untold` or `unvoted`. */
  classes = new Int16Array(0)
  /** Index of the box that each point lies in; −1 for none. */
  boxes = new Int16Array(0)

  /** Finds each point's box, where it was when the point was taken, and class. `boxes` are in the ego frame of the sweep. */
  label(
    sweep: Sweep,
    boxes: readonly Box[],
    motions: BoxMotions | null,
    labels: Labels,
    pointCategories: readonly string[] | null,
  ): void {
    this.reserve(sweep.count)
    this.findBoxes(sweep, boxes, motions)
    const classOfBox = boxes.map(({ category }) => labels.classOf(category))
    const codes = pointCategories?.map((category) => labels.classOf(category)) ?? []
    let kept = 0
    for (let p = 0; p < sweep.count; p++) {
      const box = this.boxes[p]
      const label = sweep.category ? (codes[sweep.category[p]] ?? labels.others) : box < 0 ? untold : classOfBox[box]
      this.classes[p] = label
      if (label !== leftOut) kept++
    }
    this.kept = kept
  }

  private findBoxes({ count, pointsM, offsetNs }: Sweep, boxes: readonly Box[], motions: BoxMotions | null): void {
    if (boxes.length === 0) {
      this.boxes.fill(-1, 0, count)
      return
    }
    const index = new BoxIndex(boxes, boxMarginM, motions)
    for (let p = 0, at = 0; p < count; p++, at += 3)
      this.boxes[p] = index.find(pointsM[at], pointsM[at + 1], pointsM[at + 2], offsetNs[p] * 1e-9)
  }

  private reserve(count: number): void {
    this.count = count
    if (count <= this.classes.length) return
    this.classes = new Int16Array(count)
    this.boxes = new Int16Array(count)
  }
}

import { byteCounts } from '../../arrow/kernels/byteCounts.js'
import { lookUp } from '../../arrow/kernels/elements.js'
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
    if (sweep.category) this.labelByCategory(sweep.category, labels, pointCategories ?? [])
    else this.labelByBox(boxes.map(({ category }) => labels.classOf(category)))
  }

  /** What the source says of each point; a code without a name is one of the others. */
  private labelByCategory(codes: Uint8Array, labels: Labels, names: readonly string[]): void {
    const { classes, count } = this
    const classOf = new Int16Array(256).fill(labels.others)
    classOf.set(names.slice(0, classOf.length).map((name) => labels.classOf(name)))
    lookUp(codes, count, classOf, classes)
    this.kept = count
    if (!classOf.includes(leftOut)) return
    const counts = byteCounts(codes.subarray(0, count))
    for (const [code, label] of classOf.entries()) if (label === leftOut) this.kept -= counts[code]
  }

  private labelByBox(classOfBox: readonly number[]): void {
    const { boxes, classes, count } = this
    let kept = 0
    for (let p = 0; p < count; p++) {
      const box = boxes[p]
      const label = box < 0 ? untold : classOfBox[box]
      classes[p] = label
      kept += label === leftOut ? 0 : 1
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

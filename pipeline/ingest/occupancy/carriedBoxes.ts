import { compose, invert, rotationMatrix } from '../../pose.js'
import type { Box } from '../reader.js'
import type { BoxMotions } from './boxMotions.js'
import { followed } from './followed.js'

/**
 * Takes points that lie in a track's box while a sweep is taken to where that box is at another time. One transform a box of the
 * earlier time: nine numbers of the rotation, row by row, then the translation in metres.
 */
export class CarriedBoxes {
  private readonly transforms: Float64Array
  private readonly known: Uint8Array
  private readonly back = new Float64Array(3)

  /** `from` in the frame of the points, with their motions during the sweep; `to` in the frame the points go to. */
  constructor(
    from: readonly Box[],
    to: readonly Box[],
    private readonly motions: BoxMotions | null = null,
  ) {
    this.transforms = new Float64Array(12 * from.length)
    this.known = new Uint8Array(from.length)
    followed(from, to).forEach((target, b) => {
      if (!target) return
      const toFromFrom = compose(target.egoFromBox, invert(from[b].egoFromBox))
      this.transforms.set([...rotationMatrix(toFromFrom.q), ...toFromFrom.t], 12 * b)
      this.known[b] = 1
    })
  }

  /** Whether the track of box `b` has a box, and one only, at the later time. */
  has(b: number): boolean {
    return this.known[b] === 1
  }

  /** Writes the carried point of box `b`, met `dtS` after the sweep's time, to the first three entries of `out`. */
  carry(b: number, xM: number, yM: number, zM: number, out: Float32Array, dtS = 0): void {
    const { back, motions } = this
    if (motions?.moves(b)) {
      motions.undo(b, dtS, xM, yM, zM, back)
      this.toLater(b, back[0], back[1], back[2], out)
    } else this.toLater(b, xM, yM, zM, out)
  }

  private toLater(b: number, xM: number, yM: number, zM: number, out: Float32Array): void {
    const m = this.transforms
    const at = 12 * b
    out[0] = m[at] * xM + m[at + 1] * yM + m[at + 2] * zM + m[at + 9]
    out[1] = m[at + 3] * xM + m[at + 4] * yM + m[at + 5] * zM + m[at + 10]
    out[2] = m[at + 6] * xM + m[at + 7] * yM + m[at + 8] * zM + m[at + 11]
  }
}

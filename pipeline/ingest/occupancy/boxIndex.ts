import { rotationMatrix, transform } from '../../pose.js'
import type { Box } from '../reader.js'
import type { BoxMotions } from './boxMotions.js'

/** Half the side of the square around the ego that is indexed: every preset grid, and what can drive into it. */
const reachM = 128
const cellM = 2
const side = (2 * reachM) / cellM

/** Answers, for many points, which box each lies in. Built once a sweep; looking a point up allocates nothing. */
export class BoxIndex {
  /** First entry of each cell's list, and the next entry of each entry; −1 ends a list. */
  private readonly heads = new Int32Array(side * side).fill(-1)
  private readonly nexts: number[] = []
  private readonly owners: number[] = []
  /** A box: its centre, its rotation row by row, its half sizes. */
  private readonly frames: Float64Array
  private readonly back = new Float64Array(3)

  /**
   * Boxes in the frame that the points will be in, grown by `marginM` to all sides but the bottom, where the ground is:
   * half of the returns from a surface lie a little outside it. With `motions`, points can be looked up at other times
   * of the sweep.
   */
  constructor(
    boxes: readonly Box[],
    private readonly marginM: number,
    private readonly motions: BoxMotions | null = null,
  ) {
    this.frames = new Float64Array(15 * boxes.length)
    const volume = ({ sizeM }: Box) => sizeM[0] * sizeM[1] * sizeM[2]
    // Pushed largest first, so that each list starts with the smallest: a rider is found before the bicycle's box.
    const order = boxes.map((_, b) => b).sort((a, b) => volume(boxes[b]) - volume(boxes[a]))
    for (const b of order) this.add(b, boxes[b])
  }

  /**
   * Index of the smallest box that holds the point (borders included) `dtS` after the boxes' time; −1 when none does.
   * Metres.
   */
  find(xM: number, yM: number, zM: number, dtS = 0): number {
    const i = Math.floor((xM + reachM) / cellM)
    const j = Math.floor((yM + reachM) / cellM)
    if (i < 0 || j < 0 || i >= side || j >= side) return -1
    for (let entry = this.heads[i * side + j]; entry >= 0; entry = this.nexts[entry])
      if (this.holdsThen(this.owners[entry], xM, yM, zM, dtS)) return this.owners[entry]
    return -1
  }

  private holdsThen(box: number, xM: number, yM: number, zM: number, dtS: number): boolean {
    const { back, motions } = this
    if (!motions?.moves(box)) return this.holds(15 * box, xM, yM, zM)
    motions.undo(box, dtS, xM, yM, zM, back)
    return this.holds(15 * box, back[0], back[1], back[2])
  }

  private holds(at: number, xM: number, yM: number, zM: number): boolean {
    const f = this.frames
    const x = xM - f[at]
    const y = yM - f[at + 1]
    const z = zM - f[at + 2]
    return (
      Math.abs(f[at + 3] * x + f[at + 6] * y + f[at + 9] * z) <= f[at + 12] &&
      Math.abs(f[at + 4] * x + f[at + 7] * y + f[at + 10] * z) <= f[at + 13] &&
      Math.abs(f[at + 5] * x + f[at + 8] * y + f[at + 11] * z) <= f[at + 14]
    )
  }

  private add(b: number, { egoFromBox, sizeM }: Box): void {
    const m = rotationMatrix(egoFromBox.q)
    const half = [sizeM[0] / 2 + this.marginM, sizeM[1] / 2 + this.marginM, (sizeM[2] + this.marginM) / 2]
    const [x, y, z] = transform(egoFromBox, [0, 0, this.marginM / 2])
    this.frames.set([x, y, z, ...m, ...half], 15 * b)
    // However it moves and turns during the sweep, no point of it goes further than this.
    const slackM = this.motions?.travelM(b, Math.hypot(half[0], half[1], half[2])) ?? 0
    const reachX = slackM + Math.abs(m[0]) * half[0] + Math.abs(m[1]) * half[1] + Math.abs(m[2]) * half[2]
    const reachY = slackM + Math.abs(m[3]) * half[0] + Math.abs(m[4]) * half[1] + Math.abs(m[5]) * half[2]
    const cell = (coordinateM: number) => Math.floor((coordinateM + reachM) / cellM)
    for (let i = Math.max(0, cell(x - reachX)); i <= Math.min(side - 1, cell(x + reachX)); i++)
      for (let j = Math.max(0, cell(y - reachY)); j <= Math.min(side - 1, cell(y + reachY)); j++) {
        this.nexts.push(this.heads[i * side + j])
        this.owners.push(b)
        this.heads[i * side + j] = this.owners.length - 1
      }
  }
}

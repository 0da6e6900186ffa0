import type { Grid } from '../../pipeline/grid.js'
import { faint, nothing } from './paint.js'

/** Bits of the faces of a cube that can be seen. There is none below: the camera stays above the ground. */
export const faces = { ahead: 1, behind: 2, left: 4, right: 8, top: 16 } as const

/** Voxels that can be seen from outside, four uint16 each: x, y, z and `paint | faces << 8 | shade << 13`. */
export interface Surface {
  cells: Uint16Array
  voxels: number
}

/**
 * Finds the painted voxels with an open face, which of their faces are open, and how many of the eight voxels around
 * the one above stand over them (0–7: the shade of a corner).
 *
 * @param paint - [X·Y·Z] one byte a voxel, see `paint.ts`.
 * @param flat - by paint without `faint`: slabs, which cover nothing beside or below them.
 */
export function surfaceOf(paint: Uint8Array, grid: Pick<Grid, 'dims'>, flat: readonly boolean[]): Surface {
  const [X, Y, Z] = grid.dims
  const around = new Surroundings(paint, grid.dims, flat)
  const cells = new GrowingCells()
  let v = 0
  for (let x = 0; x < X; x++)
    for (let y = 0; y < Y; y++)
      for (let z = 0; z < Z; z++, v++) {
        if (paint[v] === nothing) continue
        const open = around.openFaces(x, y, z)
        if (open === 0) continue
        const shade = open & faces.top ? around.overhang(x, y, z + 1) : 0
        cells.push(x, y, z, paint[v] | (open << 8) | (shade << 13))
      }
  return cells.finished()
}

class Surroundings {
  /** 1 for what fills its voxel: painted, and no slab. */
  private readonly solid: Uint8Array

  constructor(
    private readonly paint: Uint8Array,
    private readonly dims: Grid['dims'],
    flat: readonly boolean[],
  ) {
    this.solid = paint.map((ink) => (ink !== nothing && !flat[ink & ~faint] ? 1 : 0))
  }

  openFaces(x: number, y: number, z: number): number {
    const isSlab = this.solid[this.at(x, y, z)] === 0
    return (
      (this.covers(x + 1, y, z, isSlab) ? 0 : faces.ahead) |
      (this.covers(x - 1, y, z, isSlab) ? 0 : faces.behind) |
      (this.covers(x, y + 1, z, isSlab) ? 0 : faces.left) |
      (this.covers(x, y - 1, z, isSlab) ? 0 : faces.right) |
      (this.covers(x, y, z + 1, isSlab) ? 0 : faces.top)
    )
  }

  /** Solid voxels in the 3×3 around and with (x, y, z), at most 7. */
  overhang(x: number, y: number, z: number): number {
    let count = 0
    for (let i = x - 1; i <= x + 1; i++) for (let j = y - 1; j <= y + 1; j++) if (this.covers(i, j, z, false)) count++
    return Math.min(7, count)
  }

  /** Whether the voxel hides its neighbour's face towards it: a cube always, a slab only that of another slab. */
  private covers(x: number, y: number, z: number, isSlab: boolean): boolean {
    const [X, Y, Z] = this.dims
    if (x < 0 || y < 0 || x >= X || y >= Y || z >= Z) return false
    const v = this.at(x, y, z)
    return isSlab ? this.paint[v] !== nothing : this.solid[v] === 1
  }

  private at(x: number, y: number, z: number): number {
    return (x * this.dims[1] + y) * this.dims[2] + z
  }
}

class GrowingCells {
  private cells = new Uint16Array(4 * 4096)
  private length = 0

  push(x: number, y: number, z: number, packed: number): void {
    if (this.length === this.cells.length) {
      const larger = new Uint16Array(2 * this.cells.length)
      larger.set(this.cells)
      this.cells = larger
    }
    this.cells[this.length++] = x
    this.cells[this.length++] = y
    this.cells[this.length++] = z
    this.cells[this.length++] = packed
  }

  finished(): Surface {
    return { cells: this.cells.slice(0, this.length), voxels: this.length / 4 }
  }
}

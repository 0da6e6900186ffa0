import { type Category, codeOf } from './categories.js'
import type { Point } from './loop.js'

/** A patch of ground of one category; later patches lie on earlier ones. Corners in metres, site frame. */
export interface Patch {
  category: Category
  corners: readonly Point[]
}

/** Category codes of the ground on a fine raster, so that a ray's hit finds its class by one look-up. */
export interface GroundRaster {
  originXM: number
  originYM: number
  cellM: number
  columns: number
  rows: number
  /** Code at row · columns + column; rows go along y. */
  codes: Uint8Array
  /** Code of everything beyond the raster. */
  baseCode: number
}

const cellM = 0.25

/** Paints the patches in their order over `base`. */
export function rasteriseGround(base: Category, patches: readonly Patch[]): GroundRaster {
  const bounds = { minX: 0, minY: 0, maxX: 0, maxY: 0 }
  for (const { corners } of patches)
    for (const [x, y] of corners) {
      bounds.minX = Math.min(bounds.minX, x)
      bounds.minY = Math.min(bounds.minY, y)
      bounds.maxX = Math.max(bounds.maxX, x)
      bounds.maxY = Math.max(bounds.maxY, y)
    }
  const columns = Math.ceil((bounds.maxX - bounds.minX) / cellM)
  const rows = Math.ceil((bounds.maxY - bounds.minY) / cellM)
  const codes = new Uint8Array(columns * rows).fill(codeOf[base])
  const raster = { originXM: bounds.minX, originYM: bounds.minY, cellM, columns, rows, codes, baseCode: codeOf[base] }
  for (const patch of patches) paint(raster, patch)
  return raster
}

/** Code of the ground at a point of the site frame. */
export function groundCodeAt(ground: GroundRaster, xM: number, yM: number): number {
  const column = Math.floor((xM - ground.originXM) / ground.cellM)
  const row = Math.floor((yM - ground.originYM) / ground.cellM)
  if (column < 0 || row < 0 || column >= ground.columns || row >= ground.rows) return ground.baseCode
  return ground.codes[row * ground.columns + column]
}

/** Scanline fill by cell centres, even–odd rule. */
function paint({ originXM, originYM, columns, rows, codes }: GroundRaster, { category, corners }: Patch): void {
  const ys = corners.map(([, y]) => y)
  const rowFrom = Math.max(0, Math.floor((Math.min(...ys) - originYM) / cellM))
  const rowTo = Math.min(rows - 1, Math.ceil((Math.max(...ys) - originYM) / cellM))
  for (let row = rowFrom; row <= rowTo; row++) {
    const crossings = crossingsAt(corners, originYM + (row + 0.5) * cellM)
    for (let k = 0; k + 1 < crossings.length; k += 2) {
      const from = Math.max(0, Math.ceil((crossings[k] - originXM) / cellM - 0.5))
      const to = Math.min(columns, Math.ceil((crossings[k + 1] - originXM) / cellM - 0.5))
      if (to > from) codes.fill(codeOf[category], row * columns + from, row * columns + to)
    }
  }
}

/** x of the polygon's edges at height y, in order. */
function crossingsAt(corners: readonly Point[], yM: number): number[] {
  const found: number[] = []
  corners.forEach(([ax, ay], i) => {
    const [bx, by] = corners[(i + 1) % corners.length]
    if (ay <= yM !== by <= yM) found.push(ax + ((yM - ay) / (by - ay)) * (bx - ax))
  })
  return found.sort((a, b) => a - b)
}

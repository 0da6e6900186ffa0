import type { Primitives } from './primitives.js'
import type { SweepRays } from './sweepRays.js'

/** The rays of a sweep that can meet a primitive: columns from `fromColumn` on (they may wrap), and a run of beams. */
export interface RayWindow {
  fromColumn: number
  columnCount: number
  fromBeam: number
  /** Exclusive. */
  toBeam: number
  /** No point of the primitive is nearer than this while the window's columns fire. */
  nearM: number
}

const corners = new Float64Array(24)

/**
 * Finds a window that surely holds every ray that meets primitive `p`. It is first found for the pose of the sweep's
 * middle, with slack for how far sensor and primitive move in half a sweep; then again for the middle of that window,
 * where the slack is small. Writes into `out`.
 */
export function windowOf(rays: SweepRays, primitives: Primitives, p: number, out: RayWindow): void {
  const half = rays.columns / 2
  const { moveX, moveY, turn, reach } = primitives
  const moveM = rays.columnMoveM + (Math.hypot(moveX[p], moveY[p]) + reach[p] * Math.abs(turn[p])) / rays.columns
  windowAt(rays, primitives, p, Math.floor(half), half + 1, moveM, out)
  const { fromColumn, columnCount } = out
  const wraps = fromColumn + columnCount > rays.columns
  if (columnCount >= half || wraps || columnCount === 0) return
  const middle = fromColumn + (columnCount >> 1)
  windowAt(rays, primitives, p, middle, columnCount / 2 + 1, moveM, out)
}

/** The window as seen from column `reference`, good for columns within `spanColumns` of it. */
function windowAt(
  rays: SweepRays,
  primitives: Primitives,
  p: number,
  reference: number,
  spanColumns: number,
  columnMoveM: number,
  out: RayWindow,
): void {
  const slackM = spanColumns * columnMoveM + 1e-6
  // Half as much again: azimuth turns faster than the sensor for rays off the horizontal (up to 45°).
  const slackRad = 1.5 * spanColumns * rays.columnTurnRad + 1e-6
  const { farM, nearM, isRound } = placeCorners(rays, primitives, p, reference, slackM)
  out.nearM = nearM - slackM
  if (isRound || out.nearM <= 0.05) {
    wholeSweep(rays, out)
    return
  }
  azimuthWindow(rays, reference, slackM, slackRad, out)
  elevationWindow(rays, farM + slackM, slackM, slackRad, out)
}

function wholeSweep(rays: SweepRays, out: RayWindow): void {
  out.fromColumn = 0
  out.columnCount = rays.columns
  out.fromBeam = 0
  out.toBeam = rays.beams
}

/** Distances of a primitive's bounding box, and whether it may reach round the sensor's axis. */
const placedBox = { farM: 0, nearM: 0, isRound: false }

/**
 * Puts the bounding box's corners into the sensor frame of column `c` (x forward, y left, z up) in `corners`, and
 * measures its nearest and farthest distance.
 */
function placeCorners(rays: SweepRays, primitives: Primitives, p: number, c: number, slackM: number): typeof placedBox {
  const { origin, forward: f, up: w } = rays
  const o = 3 * c
  const u = c / rays.columns
  const yaw = primitives.yaw[p] + u * primitives.turn[p]
  const [cos, sin] = [Math.cos(yaw), Math.sin(yaw)]
  const x = primitives.x[p] + u * primitives.moveX[p] - origin[o]
  const y = primitives.y[p] + u * primitives.moveY[p] - origin[o + 1]
  const z = primitives.z[p] - origin[o + 2]
  const [hx, hy, hz] = [primitives.halfX[p], primitives.halfY[p], primitives.halfZ[p]]
  const [lx, ly, lz] = [f[o], f[o + 1], f[o + 2]]
  const [wx, wy, wz] = [w[o], w[o + 1], w[o + 2]]
  const [nx, ny, nz] = [wy * lz - wz * ly, wz * lx - wx * lz, wx * ly - wy * lx]
  let far2 = 0
  for (let k = 0; k < 8; k++) {
    const [bx, by, bz] = [k & 1 ? hx : -hx, k & 2 ? hy : -hy, k & 4 ? hz : -hz]
    const [rx, ry, rz] = [x + cos * bx - sin * by, y + sin * bx + cos * by, z + bz]
    corners[3 * k] = rx * lx + ry * ly + rz * lz
    corners[3 * k + 1] = rx * nx + ry * ny + rz * nz
    corners[3 * k + 2] = rx * wx + ry * wy + rz * wz
    far2 = Math.max(far2, rx * rx + ry * ry + rz * rz)
  }
  const outX = Math.max(0, Math.abs(cos * x + sin * y) - hx)
  const outY = Math.max(0, Math.abs(cos * y - sin * x) - hy)
  const outZ = Math.max(0, Math.abs(z) - hz)
  const flat2 = outX * outX + outY * outY
  const leanM = (Math.abs(z) + hz) * Math.tan(rays.tiltRad)
  placedBox.farM = Math.sqrt(far2)
  placedBox.nearM = Math.sqrt(flat2 + outZ * outZ)
  placedBox.isRound = flat2 <= (slackM + leanM) ** 2
  return placedBox
}

/** Columns between the outermost corners, each taken as a ball of `slackM`. */
function azimuthWindow(rays: SweepRays, reference: number, slackM: number, slackRad: number, out: RayWindow): void {
  let [sumX, sumY] = [0, 0]
  for (let k = 0; k < 8; k++) {
    sumX += corners[3 * k]
    sumY += corners[3 * k + 1]
  }
  const middle = Math.atan2(sumY, sumX)
  const [cos, sin] = [Math.cos(middle), Math.sin(middle)]
  let [low, high] = [0, 0]
  for (let k = 0; k < 8; k++) {
    const [x, y] = [corners[3 * k], corners[3 * k + 1]]
    const distanceM = Math.sqrt(x * x + y * y)
    if (distanceM <= slackM) {
      wholeSweep(rays, out)
      return
    }
    const offset = Math.atan2(cos * y - sin * x, cos * x + sin * y)
    const ball = Math.asin(slackM / distanceM)
    low = Math.min(low, offset - ball)
    high = Math.max(high, offset + ball)
  }
  const columnsPerRad = rays.columns / (2 * Math.PI)
  const from = Math.floor(reference + (middle + low - slackRad) * columnsPerRad)
  const to = Math.ceil(reference + (middle + high + slackRad) * columnsPerRad)
  out.columnCount = Math.min(rays.columns, to - from + 1)
  out.fromColumn = ((from % rays.columns) + rays.columns) % rays.columns
}

/** Beams between the lowest and the highest elevation a point of the box can have: sin(elevation) = z / distance. */
function elevationWindow(rays: SweepRays, farM: number, slackM: number, slackRad: number, out: RayWindow): void {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let k = 0; k < 8; k++) {
    low = Math.min(low, corners[3 * k + 2])
    high = Math.max(high, corners[3 * k + 2])
  }
  low -= slackM
  high += slackM
  const sinLow = Math.max(-1, low / (low < 0 ? out.nearM : farM))
  const sinHigh = Math.min(1, high / (high > 0 ? out.nearM : farM))
  out.fromBeam = firstBeamAbove(rays.elevationRad, Math.asin(sinLow) - slackRad)
  out.toBeam = firstBeamAbove(rays.elevationRad, Math.asin(sinHigh) + slackRad)
}

/** Index of the first beam above an elevation. */
function firstBeamAbove(elevationRad: Float64Array, rad: number): number {
  let [low, high] = [0, elevationRad.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (elevationRad[middle] > rad) high = middle
    else low = middle + 1
  }
  return low
}

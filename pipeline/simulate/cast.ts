import { rayBox, rayCylinder, rayGround } from './intersect.js'
import type { Primitives } from './primitives.js'
import { type RayWindow, windowOf } from './rayWindow.js'
import type { SweepRays } from './sweepRays.js'

/** What a ray met, where it met no primitive. */
export const hitGround = -1
export const hitNothing = -2

/** The nearest hit of every ray; ray (column, beam) has index column · beams + beam. */
export interface Hits {
  /** Metres from the sensor; the greatest range where nothing is in reach. */
  rangeM: Float32Array
  /** Index of the primitive, or `hitGround`, or `hitNothing`. */
  what: Int32Array
}

export function newHits(rays: SweepRays): Hits {
  const count = rays.columns * rays.beams
  return { rangeM: new Float32Array(count), what: new Int32Array(count) }
}

/** Casts every ray of a sweep against every primitive within `maxRangeM`, near ones first, testing only their windows. */
export function castSweep(rays: SweepRays, primitives: Primitives, maxRangeM: number, hits: Hits): void {
  castGround(rays, maxRangeM, hits)
  const windows: (RayWindow & { p: number })[] = []
  for (let p = 0; p < primitives.count; p++) {
    const window = { p, fromColumn: 0, columnCount: 0, fromBeam: 0, toBeam: 0, nearM: 0 }
    if (isOutOfReach(rays, primitives, p, maxRangeM)) continue
    windowOf(rays, primitives, p, window)
    if (window.nearM < maxRangeM && window.toBeam > window.fromBeam) windows.push(window)
  }
  windows.sort((a, b) => a.nearM - b.nearM || a.p - b.p)
  for (const window of windows) castPrimitive(rays, primitives, window.p, window, hits)
}

/** The same without windows: every ray against every primitive, in the order given. The measure of `castSweep`. */
export function castSweepExhaustively(rays: SweepRays, primitives: Primitives, maxRangeM: number, hits: Hits): void {
  castGround(rays, maxRangeM, hits)
  const all = { fromColumn: 0, columnCount: rays.columns, fromBeam: 0, toBeam: rays.beams, nearM: 0 }
  for (let p = 0; p < primitives.count; p++) castPrimitive(rays, primitives, p, all, hits)
}

/** A quick look before any window is made: too far from the sensor however the two move. */
function isOutOfReach(rays: SweepRays, primitives: Primitives, p: number, maxRangeM: number): boolean {
  const { x, y, reach, moveX, moveY } = primitives
  const moveM = rays.columns * rays.columnMoveM + Math.abs(moveX[p]) + Math.abs(moveY[p])
  const [dx, dy] = [x[p] - rays.origin[0], y[p] - rays.origin[1]]
  return dx * dx + dy * dy > (maxRangeM + reach[p] + moveM) ** 2
}

function castGround({ columns, beams, origin, forward, up, cosEl, sinEl }: SweepRays, maxRangeM: number, hits: Hits) {
  const { rangeM, what } = hits
  for (let c = 0; c < columns; c++) {
    const [oz, fz, uz] = [origin[3 * c + 2], forward[3 * c + 2], up[3 * c + 2]]
    for (let b = 0, i = c * beams; b < beams; b++, i++) {
      const t = rayGround(oz, cosEl[b] * fz + sinEl[b] * uz)
      const isReached = t < maxRangeM
      rangeM[i] = isReached ? t : maxRangeM
      what[i] = isReached ? hitGround : hitNothing
    }
  }
}

/** Column by column, in the primitive's frame of that column's instant: there, directions stay two sums of products. */
function castPrimitive(rays: SweepRays, primitives: Primitives, p: number, window: RayWindow, hits: Hits): void {
  const { columns, origin, forward, up } = rays
  const isBox = primitives.isBox[p] === 1
  const turns = primitives.turn[p] !== 0
  let [cos, sin] = [Math.cos(primitives.yaw[p]), Math.sin(primitives.yaw[p])]
  for (let k = 0; k < window.columnCount; k++) {
    const c = window.fromColumn + k < columns ? window.fromColumn + k : window.fromColumn + k - columns
    const u = c / columns
    if (turns) {
      cos = Math.cos(primitives.yaw[p] + u * primitives.turn[p])
      sin = Math.sin(primitives.yaw[p] + u * primitives.turn[p])
    }
    const o = 3 * c
    const x = origin[o] - primitives.x[p] - u * primitives.moveX[p]
    const y = origin[o + 1] - primitives.y[p] - u * primitives.moveY[p]
    const local = isBox ? castBoxColumn : castCylinderColumn
    local(
      rays,
      primitives,
      p,
      window,
      hits,
      c,
      cos * x + sin * y,
      cos * y - sin * x,
      origin[o + 2] - primitives.z[p],
      cos * forward[o] + sin * forward[o + 1],
      cos * forward[o + 1] - sin * forward[o],
      forward[o + 2],
      cos * up[o] + sin * up[o + 1],
      cos * up[o + 1] - sin * up[o],
      up[o + 2],
    )
  }
}

/** o: sensor, f and w: the column's forward and up, all in the box's frame. */
function castBoxColumn(
  { beams, cosEl, sinEl }: SweepRays,
  { halfX, halfY, halfZ }: Primitives,
  p: number,
  { fromBeam, toBeam, nearM }: RayWindow,
  { rangeM, what }: Hits,
  c: number,
  ox: number,
  oy: number,
  oz: number,
  fx: number,
  fy: number,
  fz: number,
  wx: number,
  wy: number,
  wz: number,
): void {
  const [hx, hy, hz] = [halfX[p], halfY[p], halfZ[p]]
  for (let b = fromBeam, i = c * beams + fromBeam; b < toBeam; b++, i++) {
    if (rangeM[i] < nearM) continue
    const [ce, se] = [cosEl[b], sinEl[b]]
    const t = rayBox(ox, oy, oz, ce * fx + se * wx, ce * fy + se * wy, ce * fz + se * wz, hx, hy, hz)
    if (t < rangeM[i]) {
      rangeM[i] = t
      what[i] = p
    }
  }
}

function castCylinderColumn(
  { beams, cosEl, sinEl }: SweepRays,
  { halfX, halfZ }: Primitives,
  p: number,
  { fromBeam, toBeam, nearM }: RayWindow,
  { rangeM, what }: Hits,
  c: number,
  ox: number,
  oy: number,
  oz: number,
  fx: number,
  fy: number,
  fz: number,
  wx: number,
  wy: number,
  wz: number,
): void {
  const [r, hz] = [halfX[p], halfZ[p]]
  for (let b = fromBeam, i = c * beams + fromBeam; b < toBeam; b++, i++) {
    if (rangeM[i] < nearM) continue
    const [ce, se] = [cosEl[b], sinEl[b]]
    const t = rayCylinder(ox, oy, oz, ce * fx + se * wx, ce * fy + se * wy, ce * fz + se * wz, r, hz)
    if (t < rangeM[i]) {
      rangeM[i] = t
      what[i] = p
    }
  }
}

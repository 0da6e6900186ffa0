/** x and y in metres, site frame. */
export type Point = readonly [number, number]

/**
 * A closed curve in the ground plane, sampled evenly along its length: lanes and footpaths are loops, so that whatever
 * moves along one never meets an end. Arrays hold n + 1 samples; the last repeats the first, its yaw a whole turn on.
 */
export interface Loop {
  lengthM: number
  stepM: number
  xM: Float64Array
  yM: Float64Array
  /** Direction of travel, unwrapped. */
  yawRad: Float64Array
}

/** A place on a loop. */
export interface Station {
  xM: number
  yM: number
  yawRad: number
}

const stepTargetM = 0.5

/** Corners of an upright rectangle, counter-clockwise from the lower left. */
export function rectangle(x0M: number, y0M: number, x1M: number, y1M: number): Point[] {
  return [
    [x0M, y0M],
    [x1M, y0M],
    [x1M, y1M],
    [x0M, y1M],
  ]
}

/** The loop through `points` in their order, corners rounded by arcs of `cornerRadiusM` (0: the points are a curve). */
export function loopThrough(points: readonly Point[], cornerRadiusM = 0): Loop {
  const curve = cornerRadiusM > 0 ? points.flatMap((_, i) => cornerArc(points, i, cornerRadiusM)) : points
  const edges = curve.map((p, i) => distance(p, curve[(i + 1) % curve.length]))
  const lengthM = edges.reduce((sum, edge) => sum + edge, 0)
  const n = Math.max(8, Math.round(lengthM / stepTargetM))
  const stepM = lengthM / n
  const [xM, yM] = [new Float64Array(n + 1), new Float64Array(n + 1)]
  let [edge, startM] = [0, 0]
  for (let i = 0; i < n; i++) {
    while (edge < curve.length - 1 && startM + edges[edge] <= i * stepM) startM += edges[edge++]
    const u = edges[edge] > 0 ? (i * stepM - startM) / edges[edge] : 0
    const [a, b] = [curve[edge], curve[(edge + 1) % curve.length]]
    xM[i] = a[0] + (b[0] - a[0]) * u
    yM[i] = a[1] + (b[1] - a[1]) * u
  }
  xM[n] = xM[0]
  yM[n] = yM[0]
  return { lengthM, stepM, xM, yM, yawRad: headings(xM, yM) }
}

/** The loop `leftM` to the left of another (negative: right), sampled anew. */
export function shifted(loop: Loop, leftM: number): Loop {
  return loopThrough(
    Array.from({ length: loop.xM.length - 1 }, (_, i): Point => {
      const yaw = loop.yawRad[i]
      return [loop.xM[i] - leftM * Math.sin(yaw), loop.yM[i] + leftM * Math.cos(yaw)]
    }),
  )
}

/** The same curve travelled the other way. */
export function reversed(loop: Loop): Loop {
  return loopThrough(pointsOf(loop).reverse())
}

/** The samples of a loop, each once. */
export function pointsOf(loop: Loop): Point[] {
  return Array.from({ length: loop.xM.length - 1 }, (_, i): Point => [loop.xM[i], loop.yM[i]])
}

/** Writes the place at `sM` along the loop (any number; it wraps) into `out` and returns it. */
export function stationAt(loop: Loop, sM: number, out: Station = { xM: 0, yM: 0, yawRad: 0 }): Station {
  const n = loop.xM.length - 1
  const share = (((sM / loop.lengthM) % 1) + 1) % 1
  const at = share * n
  const i = Math.min(n - 1, Math.floor(at))
  const u = at - i
  out.xM = loop.xM[i] + (loop.xM[i + 1] - loop.xM[i]) * u
  out.yM = loop.yM[i] + (loop.yM[i + 1] - loop.yM[i]) * u
  out.yawRad = loop.yawRad[i] + (loop.yawRad[i + 1] - loop.yawRad[i]) * u
  return out
}

/** The point `leftM` to the left of the loop at `sM`. */
export function beside(loop: Loop, sM: number, leftM: number): Point {
  const { xM, yM, yawRad } = stationAt(loop, sM)
  return [xM - leftM * Math.sin(yawRad), yM + leftM * Math.cos(yawRad)]
}

/** Index of the sample at or just before `sM`. */
export function sampleAt(loop: Loop, sM: number): number {
  const n = loop.xM.length - 1
  return ((Math.floor(sM / loop.stepM) % n) + n) % n
}

/** Whether a point is less than `withinM` from a sample of a loop. */
export function isNearLoop({ xM, yM, stepM }: Loop, pointXM: number, pointYM: number, withinM: number): boolean {
  for (let i = 0; i < xM.length; ) {
    const [dx, dy] = [xM[i] - pointXM, yM[i] - pointYM]
    const distanceM = Math.sqrt(dx * dx + dy * dy)
    if (distanceM < withinM) return true
    // Samples lie a step apart along the curve, so none before these can be near enough.
    i += Math.max(1, Math.floor((distanceM - withinM) / stepM))
  }
  return false
}

/** The arc that rounds corner `i`, as points; tangent to both edges, shrunk where the edges are too short for it. */
function cornerArc(points: readonly Point[], i: number, radiusM: number): Point[] {
  const n = points.length
  const [before, here, after] = [points[(i + n - 1) % n], points[i], points[(i + 1) % n]]
  const yawIn = Math.atan2(here[1] - before[1], here[0] - before[0])
  const turn = wrapAngle(Math.atan2(after[1] - here[1], after[0] - here[0]) - yawIn)
  const half = Math.tan(Math.abs(turn) / 2)
  if (half < 1e-6) return [here]
  const tangentM = Math.min(radiusM * half, 0.49 * distance(before, here), 0.49 * distance(here, after))
  const r = (tangentM / half) * Math.sign(turn)
  const [startX, startY] = [here[0] - tangentM * Math.cos(yawIn), here[1] - tangentM * Math.sin(yawIn)]
  const steps = Math.max(2, Math.ceil((Math.abs(turn * r) / stepTargetM) * 3))
  return Array.from({ length: steps + 1 }, (_, k): Point => {
    const yaw = yawIn + (turn * k) / steps
    return [startX + r * (Math.sin(yaw) - Math.sin(yawIn)), startY - r * (Math.cos(yaw) - Math.cos(yawIn))]
  })
}

/** Central differences around the closed curve, unwrapped. */
function headings(xM: Float64Array, yM: Float64Array): Float64Array {
  const n = xM.length - 1
  const yaw = new Float64Array(n + 1)
  for (let i = 0; i <= n; i++) {
    const [a, b] = [(i + n - 1) % n, (i + 1) % n]
    const raw = Math.atan2(yM[b] - yM[a], xM[b] - xM[a])
    yaw[i] = i === 0 ? raw : yaw[i - 1] + wrapAngle(raw - yaw[i - 1])
  }
  return yaw
}

/** An angle brought to (−π, π]. */
export function wrapAngle(rad: number): number {
  return rad - 2 * Math.PI * Math.ceil(rad / (2 * Math.PI) - 0.5)
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1])
}

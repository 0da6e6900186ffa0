/**
 * Where a ray o + t·d enters an upright primitive whose centre is the origin, in metres along d; Infinity for a miss. A
 * ray that starts inside misses: no sensor is inside a thing. d need not be a unit vector, t is in its lengths.
 */

/** A box of half extents h, axes along x, y, z (slab method, Kay and Kajiya 1986). */
export function rayBox(
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  hx: number,
  hy: number,
  hz: number,
): number {
  const [ix, iy, iz] = [1 / dx, 1 / dy, 1 / dz]
  const [x0, x1] = [(-hx - ox) * ix, (hx - ox) * ix]
  const [y0, y1] = [(-hy - oy) * iy, (hy - oy) * iy]
  const [z0, z1] = [(-hz - oz) * iz, (hz - oz) * iz]
  let enter = Math.min(x0, x1)
  let leave = Math.max(x0, x1)
  enter = Math.max(enter, Math.min(y0, y1))
  leave = Math.min(leave, Math.max(y0, y1))
  enter = Math.max(enter, Math.min(z0, z1))
  leave = Math.min(leave, Math.max(z0, z1))
  return enter >= 0 && enter <= leave ? enter : Number.POSITIVE_INFINITY
}

/** A cylinder about z of radius r and half height hz, closed at both ends. */
export function rayCylinder(
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  r: number,
  hz: number,
): number {
  const a = dx * dx + dy * dy
  const b = ox * dx + oy * dy
  const c = ox * ox + oy * oy - r * r
  const discriminant = b * b - a * c
  if (discriminant < 0) return Number.POSITIVE_INFINITY
  const root = Math.sqrt(discriminant)
  const iz = 1 / dz
  const [z0, z1] = [(-hz - oz) * iz, (hz - oz) * iz]
  const enter = Math.max((-b - root) / a, Math.min(z0, z1))
  const leave = Math.min((-b + root) / a, Math.max(z0, z1))
  return enter >= 0 && enter <= leave ? enter : Number.POSITIVE_INFINITY
}

/** The plane z = 0, from above. */
export function rayGround(oz: number, dz: number): number {
  return dz < 0 && oz > 0 ? -oz / dz : Number.POSITIVE_INFINITY
}

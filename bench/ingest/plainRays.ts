import type { Grid } from '../../pipeline/grid.js'
import type { Rays } from '../../pipeline/ingest/occupancy/kernels/voxelKernel.js'

/**
 * What `pipeline/ingest/occupancy/kernels/rayPlans.as.ts` does, in TypeScript: the voxels at both sides of each crossing of a
 * plane of the axis, x or y, that a ray goes further along, and of a z-plane. For rays that start and end in the grid: it is
 * here to be measured.
 */
export class PlainRays {
  private readonly strides: readonly [number, number, number]

  constructor(private readonly grid: Grid) {
    this.strides = [grid.dims[1] * grid.dims[2], grid.dims[2], 1]
  }

  /** Sets the byte of every voxel that a ray passes, without the one it ends in. */
  cast({ count, fromM, toM }: Rays, passed: Uint8Array): void {
    const { originM, voxelM } = this.grid
    const perM = 1 / voxelM
    for (let at = 0; at < 3 * count; at += 3) {
      const x = (fromM[at] - originM[0]) * perM
      const y = (fromM[at + 1] - originM[1]) * perM
      const z = (fromM[at + 2] - originM[2]) * perM
      const endX = (toM[at] - originM[0]) * perM
      const endY = (toM[at + 1] - originM[1]) * perM
      const endZ = (toM[at + 2] - originM[2]) * perM
      this.mark(passed, x, y, z, endX, endY, endZ)
    }
  }

  private mark(passed: Uint8Array, x: number, y: number, z: number, endX: number, endY: number, endZ: number): void {
    const [sx, sy, sz] = this.strides
    const first = (x | 0) * sx + (y | 0) * sy + (z | 0)
    const last = (endX | 0) * sx + (endY | 0) * sy + (endZ | 0)
    const was = passed[last]
    passed[first] = 1
    const [dx, dy, dz] = [endX - x, endY - y, endZ - z]
    if (Math.abs(dx) >= Math.abs(dy)) sides(passed, x, endX, sx, y, dy, sy, z, dz, sz)
    else sides(passed, y, endY, sy, x, dx, sx, z, dz, sz)
    sides(passed, z, endZ, sz, x, dx, sx, y, dy, sy)
    passed[last] = was
  }
}

/** Marks both sides of each crossing of a plane of axis p. */
function sides(
  passed: Uint8Array,
  p: number,
  endP: number,
  stepP: number,
  q: number,
  dq: number,
  stepQ: number,
  r: number,
  dr: number,
  stepR: number,
): void {
  const voxel = p | 0
  const planes = Math.abs((endP | 0) - voxel)
  if (planes === 0) return
  const dp = endP - p
  const per = 1 / Math.abs(dp)
  const share = (dp > 0 ? voxel + 1 - p : p - voxel) * per
  const onward = dp > 0 ? stepP : -stepP
  const [moveQ, moveR] = [dq * per, dr * per]
  let placeQ = q + dq * share
  let placeR = r + dr * share
  let before = voxel * stepP
  for (let left = planes; left > 0; left--) {
    const at = before + (placeQ | 0) * stepQ + (placeR | 0) * stepR
    passed[at] = 1
    passed[at + onward] = 1
    placeQ += moveQ
    placeR += moveR
    before += onward
  }
}

import { type Grid, packBits, voxelCount } from '../grid.js'
import { RayCaster, type Rays } from './rayCaster.js'

/**
 * What the rays of a frame passed and where they ended: one mask for all sensors together, or one for each, whose union
 * is then the frame's. Memory is one caster and two bytes a voxel for each mask.
 */
export class SeenVoxels {
  /** One byte a voxel, mask by mask: 1 = a ray passed it. */
  private readonly passed: Uint8Array[]
  /** The same: 1 = a point lies in it. */
  private readonly touched: Uint8Array[]
  private readonly casters: RayCaster[]
  /** The rays of one sensor, taken out of a sweep's; grows to the largest. */
  private readonly some: Rays = { count: 0, fromM: new Float32Array(0), toM: new Float32Array(0) }

  /** `sensors` is null for one mask of all together. */
  constructor(
    private readonly grid: Grid,
    private readonly sensors: readonly string[] | null,
  ) {
    const count = sensors?.length ?? 1
    this.passed = Array.from({ length: count }, () => new Uint8Array(voxelCount(grid)))
    this.touched = Array.from({ length: count }, () => new Uint8Array(voxelCount(grid)))
    this.casters = Array.from({ length: count }, () => new RayCaster(grid))
  }

  clear(): void {
    for (const mask of [...this.passed, ...this.touched]) mask.fill(0)
    for (const caster of this.casters) caster.clear()
  }

  /** Casts rays; `sensor` is the index of each one's sensor. They count from `markPassed` on. */
  cast(rays: Rays, sensor: Uint8Array): void {
    for (const [index, caster] of this.casters.entries())
      caster.cast(this.sensors ? this.raysOf(index, rays, sensor) : rays)
  }

  /** Marks what the rays cast since the last time passed. */
  markPassed(): void {
    this.casters.forEach((caster, index) => {
      caster.markPassed(this.passed[index])
      caster.clear()
    })
  }

  /** Marks a voxel in which a point of the sensor with that index lies. */
  touch(sensor: number, voxel: number): void {
    this.touched[this.sensors ? sensor : 0][voxel] = 1
  }

  /** Whether a ray passed the voxel, as far as that is marked. */
  hasPassed(voxel: number): boolean {
    return this.passed.some((mask) => mask[voxel] === 1)
  }

  /** Takes back that rays passed a voxel; a point in it still counts. */
  forget(voxel: number): void {
    for (const mask of this.passed) mask[voxel] = 0
  }

  /** Bits of what any sensor saw, and of what each saw where that is kept. */
  bits(): { observed: Uint8Array; observedBy: Record<string, Uint8Array> | null } {
    const packed = this.passed.map((mask, index) => packBits(either(mask, this.touched[index])))
    if (!this.sensors) return { observed: packed[0], observedBy: null }
    const observed = new Uint8Array(Math.ceil(voxelCount(this.grid) / 8))
    for (const mask of packed) for (let at = 0; at < mask.length; at++) observed[at] |= mask[at]
    return { observed, observedBy: Object.fromEntries(this.sensors.map((name, index) => [name, packed[index]])) }
  }

  private raysOf(index: number, { count, fromM, toM }: Rays, sensor: Uint8Array): Rays {
    const { some } = this
    if (some.fromM.length < 3 * count) {
      some.fromM = new Float32Array(3 * count)
      some.toM = new Float32Array(3 * count)
    }
    some.count = 0
    for (let ray = 0; ray < count; ray++) {
      if (sensor[ray] !== index) continue
      for (let axis = 0, from = 3 * ray, to = 3 * some.count; axis < 3; axis++) {
        some.fromM[to + axis] = fromM[from + axis]
        some.toM[to + axis] = toM[from + axis]
      }
      some.count++
    }
    return some
  }
}

/** Adds the second mask to the first. */
function either(mask: Uint8Array, other: Uint8Array): Uint8Array {
  for (let voxel = 0; voxel < mask.length; voxel++) mask[voxel] |= other[voxel]
  return mask
}

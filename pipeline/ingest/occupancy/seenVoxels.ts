import { type Grid, maskBytes } from '../../grid.js'
import type { VoxelKernel } from './kernels/voxelKernel.js'

/**
 * What the rays of a frame passed and where they ended, as the kernel has it: one mask for all sensors together, or one for
 * each, whose union is then the frame's.
 */
export class SeenVoxels {
  private held: Uint8Array[] = []

  /** `sensors` is null for one mask of all together. */
  constructor(
    private readonly kernel: VoxelKernel,
    private readonly grid: Grid,
    private readonly sensors: readonly string[] | null,
  ) {}

  /** Whether a ray passed the voxel. */
  hasPassed(voxel: number): boolean {
    for (const mask of this.masks) if (mask[voxel] === 1) return true
    return false
  }

  /** Takes back that rays passed a voxel; a point in it still counts. */
  forget(voxel: number): void {
    for (const mask of this.masks) mask[voxel] = 0
  }

  /** Bits of what any sensor saw, and of what each saw where that is kept. */
  bits(): { observed: Uint8Array; observedBy: Record<string, Uint8Array> | null } {
    if (!this.sensors) return { observed: this.kernel.seenBits(0), observedBy: null }
    const packed = this.sensors.map((_, index) => this.kernel.seenBits(index))
    const observed = new Uint8Array(maskBytes(this.grid))
    for (const mask of packed) for (let at = 0; at < mask.length; at++) observed[at] |= mask[at]
    return { observed, observedBy: Object.fromEntries(this.sensors.map((name, index) => [name, packed[index]])) }
  }

  /** Views of the kernel's masks. When its memory grows, they are without length and fetched anew. */
  private get masks(): Uint8Array[] {
    if (!this.held[0]?.length)
      this.held = Array.from({ length: this.sensors?.length ?? 1 }, (_, index) => this.kernel.passed(index))
    return this.held
  }
}

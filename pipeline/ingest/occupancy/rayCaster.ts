import { type Grid, voxelCount } from '../../grid.js'
import { type Rays, VoxelKernel } from './kernels/voxelKernel.js'

/** Exact free-space ray casting of segments through a grid: `kernels/rayPlans.as.ts` says how. */
export class RayCaster {
  private readonly kernel: VoxelKernel

  constructor(private readonly grid: Grid) {
    this.kernel = new VoxelKernel(grid)
  }

  clear(): void {
    this.kernel.clear()
  }

  /** Marks what each ray passes, without the voxel it ends in; a ray that ends outside is followed to the border. */
  cast(rays: Rays): void {
    this.kernel.cast(rays)
  }

  /** Sets the byte of every voxel that a ray passed since `clear`; the others stay as they are. */
  markPassed(voxels: Uint8Array): void {
    if (voxels.length !== voxelCount(this.grid)) throw new RangeError('one byte a voxel')
    const passed = this.kernel.passed(0)
    for (let voxel = 0; voxel < voxels.length; voxel++) voxels[voxel] |= passed[voxel]
  }
}

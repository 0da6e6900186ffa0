import { type Grid, voxelCount } from '../../grid.js'
import type { DatasetTaxonomy } from '../../taxonomy.js'
import { VoxelKernel } from './kernels/voxelKernel.js'
import { voteWeight } from './voxelVotes.js'

/** What a kernel is made for. */
export interface KernelPlan {
  grid: Grid
  taxonomy: DatasetTaxonomy
  /** One for what all LiDARs see, or one for each. */
  masks: number
  lidars: number
}

/** The kernel that the log before left, of this thread: one, since its memory stays. */
let shelved: { key: string; kernel: VoxelKernel } | null = null

/**
 * A kernel for one log's frames, which nobody else has: the last log's where it was made for the same. Ten megabytes of fresh
 * memory a log would have the garbage collector start each time. No ground of a map lies under it.
 */
export function takeKernel(plan: KernelPlan): VoxelKernel {
  const { grid, taxonomy, masks, lidars } = plan
  const isThere = shelved?.key === keyOf(plan)
  const kernel = isThere ? shelved!.kernel : new VoxelKernel(grid, masks, taxonomy.classes.map(voteWeight), lidars)
  shelved = null
  const columns = voxelCount(grid) / grid.dims[2]
  kernel.placeGround({ drivable: new Uint8Array(columns), heightM: new Float32Array(columns) })
  return kernel
}

/** Leaves a kernel to the next log. Whoever had it has nothing more of it, nor of its frames. */
export function shelveKernel(plan: KernelPlan, kernel: VoxelKernel): void {
  shelved = { key: keyOf(plan), kernel }
}

function keyOf({ grid, taxonomy, masks, lidars }: KernelPlan): string {
  return JSON.stringify([grid, taxonomy.classes.map(voteWeight), masks, lidars])
}

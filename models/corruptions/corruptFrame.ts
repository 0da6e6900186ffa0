import { type Grid, unpackBits, voxelCount } from '../../pipeline/grid.js'
import { stream } from '../../pipeline/random.js'
import type { Frame } from '../../pipeline/schema.js'
import { classIndex, type DatasetTaxonomy, freeIndex } from '../../pipeline/taxonomy.js'
import type { VoxelView } from '../batch.js'
import type { CorruptionScene } from './corruption.js'
import { type CorruptionPlan, corruptions } from './corruptions.js'

/** Of a frame, what corrupting it takes. */
export type CorruptibleFrame = Pick<Frame, 'logId' | 'frameIndex' | 'egoMotion' | 'semantics' | 'observed'>

/**
 * What the encoder is shown of a frame at a step. Every corruption draws from a stream of its own, named by step and
 * frame: the same step shows the same, in whatever thread or order, and one more corruption changes no other's draws.
 *
 * @param step from 0
 */
export function corruptFrame(
  frame: CorruptibleFrame,
  plan: CorruptionPlan,
  { grid, taxonomy }: { grid: Grid; taxonomy: DatasetTaxonomy },
  seed: number,
  step: number,
): VoxelView {
  const scene: CorruptionScene = {
    grid,
    free: freeIndex(taxonomy),
    others: classIndex(taxonomy, 'others'),
    egoMotion: frame.egoMotion,
  }
  const clean: VoxelView = {
    semantics: frame.semantics,
    observed: unpackBits(frame.observed, voxelCount(grid)),
  }
  return plan.reduce((view, { name, amount }) => {
    const rng = stream(seed, 'corruption', step, name, frame.logId, frame.frameIndex)
    return corruptions[name].apply(view, amount, scene, rng)
  }, clean)
}

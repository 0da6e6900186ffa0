import { checkCounts, type LoopConfig, loopDefaults } from '../training/loopConfig.js'
import { checkLossConfig, type LossConfig, lossDefaults } from './lossConfig.js'

/** Settings of the latent: the model, its loss and its training. */
export interface LatentConfig extends LoopConfig, LossConfig {
  family: string
  /** c: channels of the latent map. */
  channels: number
  /** Side of the square of columns that becomes one cell of the map: h = X / patch, w = Y / patch. */
  patch: number
  /** Numbers that stand for a class in the encoder. */
  embedding: number
  /** Channels between the layers, and residual blocks on either side of the latent. */
  width: number
  encoderBlocks: number
  decoderBlocks: number
  /** Numbers that stand for a voxel before its logits. */
  voxelFeatures: number
  /**
   * Share of the logarithm of the class weights that decoding takes off the logits again: 0 decides as the weighted
   * loss does (high recall, thick objects), 1 as the frequencies of the data would (high IoU, lost small objects).
   */
  priorShift: number
  /**
   * Faults of the input that the encoder learns to see through, each `name=amount` (`models/corruptions`). The target
   * stays clean, and validation shows clean input.
   */
  corruptions: readonly string[]
  /** Whether the loss also counts voxels that no sensor saw. */
  countUnobserved: boolean
  /** Of the convolutions: `auto` takes bfloat16 where the processor has it, else float32. */
  precision: string
  batch: number
  /** Frames the validation loss is averaged over. */
  validationFrames: number
  /** Logs to leave out of training and validation, each `column=value` with log_id, site_id, route_id or rig_id. */
  exclude: readonly string[]
}

/**
 * Chosen on 18 simulated logs (compact grid, 24 classes, 451 training frames, 300 steps of 4) by mIoU over the observed
 * voxels of their test part. Against these settings, 4 channels lost 0.11; with one more block on each side, 16 voxel
 * features and 6 embedding numbers lost another 0.11, and those two blocks themselves 0.08. Patch 4 lost 0.20 on
 * made-up streets. bfloat16 lost 0.001. What the loss is made of, and what that was worth: `docs/losses.md`; the learning
 * rates, which came later: `docs/training.md`.
 */
export const latentDefaults: LatentConfig = {
  ...loopDefaults,
  ...lossDefaults,
  learningRate: 0.02,
  fullRateFanIn: 64,
  family: 'vae',
  channels: 8,
  patch: 2,
  embedding: 12,
  width: 64,
  encoderBlocks: 0,
  decoderBlocks: 1,
  voxelFeatures: 32,
  priorShift: 0,
  corruptions: [],
  countUnobserved: false,
  precision: 'auto',
  batch: 4,
  validationFrames: 32,
  exclude: [],
}

/** At the Occ3D grid the Lovász-softmax took a quarter more time and gained 0.01 mIoU (`docs/losses.md`). */
const plainLoss: Partial<LatentConfig> = { lovaszWeight: 0, priorShift: 0.5 }

export const latentPresets: Readonly<Record<string, Partial<LatentConfig>>> = {
  /** Under a minute on two cores. */
  demo: { steps: 220 },
  /**
   * 200×200×16 voxels of 0.4 m: a map of 50×50×16. Cells are cut at once, so no layer works at full resolution, and a voxel
   * is 8 numbers on either side, so that only the logits are larger (`npm run bench -- train`).
   */
  occ3d: {
    ...{
      ...plainLoss,
      patch: 4,
      channels: 16,
      embedding: 8,
      width: 128,
      encoderBlocks: 1,
      decoderBlocks: 2,
      voxelFeatures: 8,
    },
    ...{ batch: 1, learningRate: 8e-3, fullRateFanIn: 128 },
  },
  /** The same grid in a map of 25×25×32: half the numbers. */
  occ3dCoarse: {
    ...{
      ...plainLoss,
      patch: 8,
      channels: 32,
      embedding: 8,
      width: 192,
      encoderBlocks: 1,
      decoderBlocks: 2,
      voxelFeatures: 8,
    },
    ...{ batch: 1, learningRate: 8e-3, fullRateFanIn: 128 },
  },
  /** A few seconds: smoke tests. */
  tiny: {
    ...{ steps: 40, warmupSteps: 5, klWarmupSteps: 10, logEvery: 10, validateEvery: 20, validationFrames: 8 },
    ...{ width: 24, channels: 4, voxelFeatures: 8, embedding: 6, batch: 2 },
  },
}

/** Throws UsageError for settings that no latent can have. */
export function checkLatentConfig(config: Readonly<LatentConfig>): void {
  checkCounts(config, {
    ...{ channels: 1, patch: 1, embedding: 1, width: 1, encoderBlocks: 0, decoderBlocks: 0, voxelFeatures: 1 },
    ...{ batch: 1, validationFrames: 0 },
  })
  checkLossConfig(config)
}

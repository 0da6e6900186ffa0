import { checkCounts, type LoopConfig, loopDefaults } from '../training/loopConfig.js'

/** Settings of the dynamics: the model, what it is shown and how it is trained. */
export interface DynamicsConfig extends LoopConfig {
  model: string
  /** Channels of the deterministic and of the stochastic state map. */
  state: number
  stochastic: number
  /** Channels between the layers that turn the state into a change of the latent. */
  residual: number
  /** Frames of a training window that are seen, at least 2, and that are forecast. */
  past: number
  future: number
  /** Windows in a batch, and windows the validation loss is averaged over. */
  batch: number
  validationWindows: number
  /** Weights of the loss terms beside the open-loop distance, whose weight is 1. */
  closedWeight: number
  klWeight: number
  /** Weight of what the forecast decodes to; 0 leaves the decoder out of training. */
  decodedWeight: number
  /** Future frames of each window that are decoded, drawn anew each step. */
  decodedFrames: number
  /** Share of the KL that moves the prior, and nats a cell below which the KL does not pull. */
  klBalance: number
  freeNats: number
  /** Of the convolutions: `auto` takes bfloat16 where the processor has it, else float32. */
  precision: string
  /** Logs to leave out of training and validation, each `column=value` with log_id, site_id, route_id or rig_id. */
  exclude: readonly string[]
}

export const dynamicsDefaults: DynamicsConfig = {
  ...loopDefaults,
  steps: 2000,
  learningRate: 4e-3,
  warmupSteps: 20,
  model: 'rssm',
  state: 32,
  stochastic: 4,
  residual: 64,
  past: 4,
  future: 6,
  batch: 4,
  validationWindows: 32,
  closedWeight: 0.3,
  klWeight: 0.1,
  decodedWeight: 8,
  decodedFrames: 2,
  klBalance: 0.8,
  freeNats: 0.1,
  precision: 'auto',
  exclude: [],
}

export const dynamicsPresets: Record<'demo' | 'tiny', Partial<DynamicsConfig>> = {
  /** A minute and a half on two cores. */
  demo: { steps: 115, decodedFrames: 1 },
  /** A few seconds: smoke tests. */
  tiny: { steps: 4, state: 8, stochastic: 2, residual: 8, batch: 2, future: 2, validationWindows: 2, warmupSteps: 2 },
}

/** Throws UsageError for settings that leave nothing to learn from. */
export function checkDynamicsConfig(config: Readonly<DynamicsConfig>): void {
  checkCounts(config, {
    ...{ past: 2, future: 1, batch: 1, validationWindows: 0 },
    ...{ state: 1, stochastic: 1, residual: 1, decodedFrames: 0 },
  })
}

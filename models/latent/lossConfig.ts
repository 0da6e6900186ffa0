import { UsageError } from '../../pipeline/errors.js'
import { type KlSchedule, klSchedules } from '../losses/klSchedule.js'
import { checkCounts } from '../training/loopConfig.js'

/** What a voxel is charged for. */
export const reconstructions = ['crossEntropy', 'focal'] as const
/** Where the weight of a class comes from. */
export const weightings = ['frequency', 'effectiveNumber'] as const

/** Settings of the loss of a latent; `docs/losses.md` has the formulas. */
export interface LossConfig extends Omit<KlSchedule, 'steps'> {
  reconstruction: string
  /** Focal loss: the power of 1 − p; 0 is the cross-entropy. */
  focalGamma: number
  /** Share of the truth that is spread evenly over the classes; with the cross-entropy only. */
  labelSmoothing: number
  /** Weights of the Lovász-softmax and of the voxels at class boundaries; 0 leaves the term out. */
  lovaszWeight: number
  boundaryWeight: number
  /** Most voxels of a step that the Lovász-softmax looks at. */
  lovaszVoxels: number
  /** Nats a dimension that the KL does not charge for, averaged over a channel. */
  freeBits: number
  /**
   * Class weights: `frequency` raises the class's share to −`balance`; `effectiveNumber` divides by the effective number
   * of voxels under `effectiveBeta`. Both are scaled to a mean of 1 over voxels; then rare classes count `rareBoost`
   * times more, and none more than `maxWeight`.
   */
  weighting: string
  balance: number
  effectiveBeta: number
  rareBoost: number
  maxWeight: number
}

export const lossDefaults: LossConfig = {
  reconstruction: 'crossEntropy',
  focalGamma: 2,
  labelSmoothing: 0,
  lovaszWeight: 1,
  lovaszVoxels: 131_072,
  boundaryWeight: 0,
  beta: 0.01,
  klSchedule: 'linear',
  klWarmupSteps: 200,
  klCycles: 4,
  klRamp: 0.5,
  freeBits: 0.25,
  weighting: 'frequency',
  balance: 0.5,
  effectiveBeta: 0.999999,
  rareBoost: 2,
  maxWeight: 20,
}

/** The values that a setting may have, both ends included. */
const limits: Partial<Record<keyof LossConfig, readonly [number, number]>> = {
  focalGamma: [0, 10],
  labelSmoothing: [0, 0.5],
  lovaszWeight: [0, 1e6],
  boundaryWeight: [0, 1e6],
  beta: [0, 1e6],
  klRamp: [0, 1],
  freeBits: [0, 1e6],
  balance: [0, 10],
  effectiveBeta: [0, 1 - 1e-15],
  // Decoding takes logarithms of weights: none may be 0.
  rareBoost: [1e-6, 1e9],
  maxWeight: [1e-6, 1e9],
}

/** Throws UsageError for a name that is not offered, a value outside its limits, and settings that contradict. */
export function checkLossConfig(config: LossConfig): void {
  oneOf('reconstruction', reconstructions, config.reconstruction)
  oneOf('klSchedule', klSchedules, config.klSchedule)
  oneOf('weighting', weightings, config.weighting)
  checkCounts(config, { lovaszVoxels: 1, klWarmupSteps: 0, klCycles: 1 })
  for (const [key, [least, most]] of Object.entries(limits)) {
    const value = config[key as keyof LossConfig] as number
    if (value >= least && value <= most) continue
    throw new UsageError('a setting of the loss is out of range', {
      place: key,
      expected: `${least} to ${most}`,
      actual: String(value),
    })
  }
  if (config.reconstruction === 'focal' && config.labelSmoothing > 0)
    throw new UsageError('the focal loss has no smoothed labels', { place: 'labelSmoothing', expected: '0' })
}

function oneOf(key: string, names: readonly string[], name: string): void {
  if (!names.includes(name)) throw new UsageError(`no such ${key}`, { expected: names.join(' | '), actual: name })
}

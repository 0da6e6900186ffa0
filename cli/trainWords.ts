import { corruptionWords } from '../models/corruptions/corruptions.js'
import type { DynamicsConfig } from '../models/dynamics/config.js'
import type { LatentConfig } from '../models/latent/config.js'
import { dynamicsCriteria, type LoopConfig, latentCriteria } from '../models/training/loopConfig.js'

/** What the settings of training are for, as `--help` says it. */
const loopWords: Record<Exclude<keyof LoopConfig, 'bestBy'>, string> = {
  steps: 'optimiser steps',
  learningRate: 'learning rate at its highest',
  warmupSteps: 'steps in which the learning rate rises from 0',
  finalShare: 'share of the learning rate that is left at the end of the cosine',
  beta1: 'AdamW: memory of the gradient',
  beta2: 'AdamW: memory of its square',
  epsilon: 'AdamW: keeps the step finite where gradients vanish',
  weightDecay: 'AdamW: share of the weights taken off a step, times the learning rate',
  clipNorm: 'longest gradient; longer ones are shortened to it',
  logEvery: 'steps between rows of the history',
  validateEvery: 'steps between validations',
  checkpointEvery: 'steps between checkpoints',
  ema: 'memory of the averaged weights that are validated and kept; 0 averages nothing',
  keep: 'weights that are the result: last, or best by a validation',
  patience: 'validations without a better one after which training stops; 0 never',
  maxSkips: 'steps with a loss or gradient that is not finite to leave out before training stops',
}

const bestBy = (known: object) => `validated number that decides the best: ${Object.keys(known).join(' | ')}`

export const latentWords: Record<keyof LatentConfig, string> = {
  ...loopWords,
  bestBy: bestBy(latentCriteria),
  family: 'kind of latent',
  channels: 'channels of the latent map',
  patch: 'side of the square of columns that becomes one cell of the map',
  embedding: 'numbers that stand for a class in the encoder',
  width: 'channels between the layers',
  encoderBlocks: 'residual blocks before the latent',
  decoderBlocks: 'residual blocks after it',
  voxelFeatures: 'numbers that stand for a voxel before its logits',
  reconstruction: 'what a voxel is charged: crossEntropy or focal',
  focalGamma: 'focal loss: power of 1 - p; 0 is the cross-entropy',
  labelSmoothing: 'share of the truth spread over all classes (crossEntropy)',
  lovaszWeight: 'weight of the Lovasz-softmax, a surrogate of the IoU; 0 leaves it out',
  lovaszVoxels: 'most voxels of a step that it looks at',
  boundaryWeight: 'weight of the loss at class boundaries, once more; 0 leaves it out',
  beta: 'weight of the KL that its schedule rises to',
  klSchedule: 'linear, or cyclical',
  klWarmupSteps: 'linear: steps in which that weight rises from 0',
  klCycles: 'cyclical: times that it starts from 0',
  klRamp: 'cyclical: share of a cycle in which it rises',
  freeBits: 'nats a dimension that the KL does not charge for',
  weighting: 'class weights by frequency or by effectiveNumber',
  balance: 'frequency: weights are frequency^-balance; 0 weighs all voxels the same',
  effectiveBeta: 'effectiveNumber: voxels beyond 1 / (1 - this) add little',
  rareBoost: 'factor on the weights of rare classes',
  maxWeight: 'largest class weight',
  priorShift: 'share of the class weights that decoding takes back: 0 for recall, 1 for IoU',
  corruptions: `faults of the input to see through, name=amount: ${corruptionWords}`,
  countUnobserved: 'count voxels that no sensor saw in the loss, too',
  precision: 'of the convolutions: auto takes bfloat16 where the processor has it',
  batch: 'frames a step',
  validationFrames: 'frames the validation loss is averaged over',
  exclude: 'logs to leave out: column=value with log_id, site_id, route_id or rig_id',
}

export const dynamicsWords: Record<keyof DynamicsConfig, string> = {
  ...loopWords,
  bestBy: bestBy(dynamicsCriteria),
  model: 'kind of dynamics',
  state: 'channels of the deterministic state map',
  stochastic: 'channels of the stochastic state map',
  residual: 'channels between the layers that change the warped latent',
  past: 'frames of a window that are seen',
  future: 'frames of a window that are forecast',
  batch: 'windows a step',
  validationWindows: 'windows the validation loss is averaged over',
  closedWeight: 'weight of the one-step forecasts (open-loop forecasts: 1)',
  klWeight: 'weight of the KL between posterior and prior',
  decodedWeight: 'weight of what forecasts decode to; 0 leaves the decoder out',
  decodedFrames: 'forecast frames of each window that are decoded a step',
  klBalance: 'share of the KL that moves the prior',
  freeNats: 'nats a cell below which the KL does not pull',
  precision: latentWords.precision,
  exclude: latentWords.exclude,
}

import type { DynamicsConfig } from '../models/dynamics/config.js'
import type { LatentConfig } from '../models/latent/config.js'
import type { LoopConfig } from '../models/training/loop.js'

/** What the settings of training are for, as `--help` says it. */
const loopWords: Record<keyof LoopConfig, string> = {
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
}

export const latentWords: Record<keyof LatentConfig, string> = {
  ...loopWords,
  family: 'kind of latent',
  channels: 'channels of the latent map',
  patch: 'side of the square of columns that becomes one cell of the map',
  embedding: 'numbers that stand for a class in the encoder',
  width: 'channels between the layers',
  encoderBlocks: 'residual blocks before the latent',
  decoderBlocks: 'residual blocks after it',
  voxelFeatures: 'numbers that stand for a voxel before its logits',
  beta: 'weight of the KL',
  klWarmupSteps: 'steps in which that weight rises from 0',
  freeBits: 'nats a dimension that the KL does not charge for',
  balance: 'class weights are frequency^-balance; 0 weighs all voxels the same',
  rareBoost: 'factor on the weights of rare classes',
  maxWeight: 'largest class weight',
  priorShift: 'share of the class weights that decoding takes back: 0 for recall, 1 for IoU',
  countUnobserved: 'count voxels that no sensor saw in the loss, too',
  precision: 'of the convolutions: auto takes bf16 where the processor has it',
  batch: 'frames a step',
  validationFrames: 'frames the validation loss is averaged over',
  exclude: 'logs to leave out: column=value with log_id, site_id, route_id or rig_id',
}

export const dynamicsWords: Record<keyof DynamicsConfig, string> = {
  ...loopWords,
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

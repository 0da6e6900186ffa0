import { UsageError } from '../../pipeline/errors.js'
import type { AdamWConfig } from './adamw.js'
import type { Schedule } from './schedule.js'

/** Settings every training run shares. */
export interface LoopConfig extends Schedule, AdamWConfig {
  /** Steps between rows of the history. */
  logEvery: number
  /** Steps between validations, and between checkpoints. */
  validateEvery: number
  checkpointEvery: number
  /** Memory of the averaged weights that are validated and kept, in [0, 1); 0 averages nothing. */
  ema: number
  /** Which weights are the result: `last`, or those of the `best` validation. */
  keep: string
  /** The validated number that decides which is the best: one of `criteria`. */
  bestBy: string
  /** Validations without a better one after which training stops; 0 never stops early. */
  patience: number
  /** Steps whose loss or gradient was not finite that are left out before training stops. */
  maxSkips: number
}

/** A model's own defaults start from them. */
export const loopDefaults: LoopConfig = {
  steps: 2000,
  learningRate: 1e-3,
  warmupSteps: 100,
  finalShare: 0.05,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0.01,
  clipNorm: 1,
  logEvery: 20,
  validateEvery: 200,
  checkpointEvery: 200,
  ema: 0,
  keep: 'last',
  bestBy: 'total',
  patience: 0,
  maxSkips: 3,
}

/** Numbers of a validation by which one can be the best, and which end of them is good. */
export const criteria = {
  total: 'lowest',
  /** Of the latent. */
  cross_entropy: 'lowest',
  miou: 'highest',
  iou: 'highest',
  rare_recall: 'highest',
  /** Of the dynamics: the distance of open-loop forecasts. */
  open: 'lowest',
} as const
export type Criterion = keyof typeof criteria

export type Keep = 'best' | 'last'

/** What of the settings is a choice among names, checked. */
export interface LoopChoices {
  keep: Keep
  bestBy: Criterion
}

/** Throws UsageError for settings that no run can have. */
export function loopChoices(config: Readonly<LoopConfig>): LoopChoices {
  for (const name of ['steps', 'logEvery', 'validateEvery', 'checkpointEvery'] as const) atLeast(config, name, 1)
  for (const name of ['patience', 'maxSkips'] as const) atLeast(config, name, 0)
  if (!(config.ema >= 0 && config.ema < 1)) throw unusable('ema', 'from 0 to under 1', config.ema)
  return {
    keep: oneOf('keep', ['best', 'last'], config.keep),
    bestBy: oneOf('bestBy', Object.keys(criteria) as Criterion[], config.bestBy),
  }
}

function atLeast(config: Readonly<LoopConfig>, name: keyof LoopConfig, least: number): void {
  const value = config[name] as number
  if (!Number.isInteger(value) || value < least) throw unusable(name, `a whole number from ${least}`, value)
}

function oneOf<T extends string>(name: string, names: readonly T[], asked: string): T {
  const found = names.find((known) => known === asked)
  if (found === undefined) throw unusable(name, names.join(' | '), asked)
  return found
}

function unusable(name: string, expected: string, actual: string | number): UsageError {
  return new UsageError(`the setting ${name} is not usable`, { expected, actual: String(actual) })
}

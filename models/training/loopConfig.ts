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
  fullRateFanIn: 0,
  logEvery: 20,
  validateEvery: 200,
  checkpointEvery: 200,
  ema: 0,
  keep: 'last',
  bestBy: 'total',
  patience: 0,
  maxSkips: 3,
}

/** Numbers of a latent's validation by which one can be the best, and which end of them is good. */
export const latentCriteria = {
  total: 'lowest',
  cross_entropy: 'lowest',
  miou: 'highest',
  iou: 'highest',
  rare_recall: 'highest',
} as const
/** Those of the dynamics; `open` is the distance of open-loop forecasts. */
export const dynamicsCriteria = { total: 'lowest', open: 'lowest' } as const
export const criteria = { ...latentCriteria, ...dynamicsCriteria } as const
export type Criterion = keyof typeof criteria

export type Keep = 'best' | 'last'

/** What of the settings is a choice among names, checked. */
export interface LoopChoices {
  keep: Keep
  bestBy: Criterion
}

const counts = { steps: 1, warmupSteps: 0, logEvery: 1, validateEvery: 1, checkpointEvery: 1, patience: 0, maxSkips: 0 }

/**
 * Throws UsageError for settings that no run can have.
 *
 * @param known the numbers that the model's validation has
 */
export function loopChoices(config: Readonly<LoopConfig>, known: Partial<typeof criteria> = criteria): LoopChoices {
  checkCounts(config, counts)
  for (const name of ['beta1', 'beta2', 'ema'] as const)
    if (!(config[name] >= 0 && config[name] < 1)) throw unusable(name, 'from 0 to under 1', config[name])
  for (const name of ['learningRate', 'weightDecay', 'fullRateFanIn'] as const)
    if (!(config[name] >= 0)) throw unusable(name, 'from 0', config[name])
  for (const name of ['clipNorm', 'epsilon'] as const)
    if (!(config[name] > 0)) throw unusable(name, 'above 0', config[name])
  if (!(config.finalShare >= 0 && config.finalShare <= 1)) throw unusable('finalShare', '0 to 1', config.finalShare)
  return {
    keep: oneOf('keep', ['best', 'last'], config.keep),
    bestBy: oneOf('bestBy', Object.keys(known) as Criterion[], config.bestBy),
  }
}

/**
 * Throws UsageError for the first setting that is not a whole number from its least on.
 *
 * @param least by the setting's name
 */
export function checkCounts<C>(config: Readonly<C>, least: { readonly [K in keyof C]?: number }): void {
  for (const [name, from] of Object.entries<number>(least as Record<string, number>)) {
    const value = config[name as keyof C]
    if (!Number.isInteger(value) || (value as number) < from)
      throw unusable(name, `a whole number from ${from}`, String(value))
  }
}

function oneOf<T extends string>(name: string, names: readonly T[], asked: string): T {
  const found = names.find((known) => known === asked)
  if (found === undefined) throw unusable(name, names.join(' | '), asked)
  return found
}

function unusable(name: string, expected: string, actual: string | number): UsageError {
  return new UsageError(`the setting ${name} is not usable`, { expected, actual: String(actual) })
}

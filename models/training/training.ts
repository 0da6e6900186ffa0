import type { Work } from '../../pipeline/stage.js'
import type { BatchScore } from './batchScore.js'
import type { Timing } from './clock.js'
import type { HistoryRow } from './history.js'
import type { Criterion, Keep, LoopConfig } from './loopConfig.js'
import type { LossTerms } from './lossTerms.js'
import type { Parameters } from './parameters.js'
import type { SkippedStep } from './skippedSteps.js'

/** What the loop needs to know of a batch; its tensors are the loss's business. */
export interface TrainingBatch {
  /** `log/frame` of each example, for messages. */
  readonly frames: readonly string[]
  dispose(): void
}

/** Batches by their number. */
export interface BatchSource<B> {
  /**
   * Starts reading and preparing a batch, while others are computed on, and gives what makes its tensors; only one batch
   * at a time has any. It must depend on the number alone: then a resumed run sees the batches it would have seen.
   */
  prepare(number: number): Promise<() => B>
}

/** What a run is asked to do. */
export interface Training<B extends TrainingBatch> {
  /** Shown beside the progress bar. */
  label: string
  work: Pick<Work, 'dir' | 'stateDir'>
  parameters: Parameters
  config: LoopConfig
  /** The batch of each step. */
  batches: BatchSource<B>
  /** The loss of a batch; `step` chooses schedules and the streams of random numbers. Runs inside a tidy. */
  loss(batch: B, step: number): LossTerms
  validation?: Validation<B>
  /** Looks at the logged means of an interval and returns a warning, or null when all is well. */
  watch?(means: Readonly<Record<string, number>>, step: number): string | null
  /** Whether to write event files for TensorBoard beside the history. */
  tensorboard?: boolean
}

/** Fixed batches whose mean loss is logged at intervals, with what `score` counts over all of them. */
export interface Validation<B extends TrainingBatch> {
  count: number
  batches: BatchSource<B>
  loss(batch: B, step: number): LossTerms
  score?(): BatchScore<B>
}

/** Which weights a run leaves. */
export interface KeptWeights {
  keep: Keep
  /** Steps after which the model had them. */
  step: number
  /** Memory of the mean that they are, or null for the weights of that very step. */
  averaged: number | null
  /** The validation that chose them; null where none did. */
  chosenBy: { name: Criterion; value: number } | null
}

export interface TrainingOutcome {
  /** Steps done: fewer than asked for where training stopped early. */
  steps: number
  stoppedEarly: boolean
  weights: KeptWeights
  /** Means of the last logged interval, and the validation of the weights that are kept. */
  train: Readonly<Record<string, number>>
  val: Readonly<Record<string, number>> | null
  /** Warnings of `watch`, one for each time that all had been well before. */
  warnings: readonly HistoryRow[]
  /** The warning that still held at the end, or null. */
  lastWarning: string | null
  /** Steps that changed nothing because a number was not finite. */
  skipped: readonly SkippedStep[]
  timing: Timing
}

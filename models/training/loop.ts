import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { interrupted, stopIfInterrupted } from '../../pipeline/interrupt.js'
import { type Progress, progress } from '../../pipeline/progress.js'
import type { Work } from '../../pipeline/stage.js'
import { tf } from '../engine/tensorflow.js'
import { AdamW, type AdamWConfig } from './adamw.js'
import { loadCheckpoint, saveCheckpoint } from './checkpoint.js'
import { Clock, type Timing } from './clock.js'
import { checkFinite, gradientOf } from './gradient.js'
import { type History, type HistoryRow, historyFile, Means } from './history.js'
import { type LossTerms, packScalars } from './lossTerms.js'
import type { Parameters } from './parameters.js'
import { learningRateAt, type Schedule } from './schedule.js'

export interface LoopConfig extends Schedule, AdamWConfig {
  /** Steps between rows of the history. */
  logEvery: number
  /** Steps between validations, and between checkpoints. */
  validateEvery: number
  checkpointEvery: number
}

/** Settings every training run shares; a model's own defaults start from them. */
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
}

/** What the loop needs to know of a batch; its tensors are the loss's business. */
export interface TrainingBatch {
  /** `log/frame` of each example, for messages. */
  readonly frames: readonly string[]
  dispose(): void
}

export interface Training<B extends TrainingBatch> {
  /** Shown beside the progress bar. */
  label: string
  work: Pick<Work, 'dir' | 'stateDir'>
  parameters: Parameters
  config: LoopConfig
  /** The batch of a step. It must depend on the step alone: then a resumed run sees the batches it would have seen. */
  nextBatch(step: number): Promise<B>
  /** The loss of a batch; `step` chooses schedules and the streams of random numbers. Runs inside a tidy. */
  loss(batch: B, step: number): LossTerms
  /** Fixed batches whose mean loss is logged at intervals. */
  validation?: { batches: number; batch(index: number): Promise<B>; loss(batch: B, step: number): LossTerms }
  /** Looks at the logged means of an interval and returns a warning, or null when all is well. */
  watch?(means: Readonly<Record<string, number>>, step: number): string | null
}

export interface TrainingOutcome {
  /** Means of the last logged interval and of the last validation. */
  train: Readonly<Record<string, number>>
  val: Readonly<Record<string, number>> | null
  /** Warnings of `watch`, one for each time that all had been well before. */
  warnings: readonly HistoryRow[]
  /** The warning that still held at the end, or null. */
  lastWarning: string | null
  timing: Timing
}

/**
 * Trains in place and leaves `history.parquet` and `timing.json` in the work folder; the weights are the caller's to
 * write. Checkpoints go to the state folder, at intervals and on interrupt, and a killed run that is started again
 * continues from the last one: on one machine's CPU the result is the uninterrupted run's, bit for bit.
 *
 * Throws DataError at the first loss or gradient that is not finite, before it reaches the parameters; Interrupted
 * after Ctrl-C.
 */
export async function train<B extends TrainingBatch>(run: Training<B>): Promise<TrainingOutcome> {
  const optimiser = new AdamW(run.parameters, run.config)
  const bar = progress(run.label, run.config.steps, 'steps')
  try {
    const { step, history } = await loadCheckpoint(run.work.stateDir, { parameters: run.parameters, optimiser })
    return await new Loop(run, optimiser, history, bar).from(step)
  } finally {
    bar.stop()
    optimiser.dispose()
  }
}

class Loop<B extends TrainingBatch> {
  private readonly clock = new Clock()
  private trainMeans: Record<string, number>
  private valMeans: Record<string, number> | null
  private lastWarning: string | null

  constructor(
    private readonly run: Training<B>,
    private readonly optimiser: AdamW,
    private readonly history: History,
    private readonly bar: Progress,
  ) {
    const logged = history.last('train')
    this.trainMeans = logged?.means ?? {}
    this.valMeans = history.last('val')?.means ?? null
    this.lastWarning = logged && (run.watch?.(logged.means, logged.step) ?? null)
  }

  async from(firstStep: number): Promise<TrainingOutcome> {
    const { run } = this
    const { steps, checkpointEvery } = run.config
    // The next batch is read from disk while this one computes.
    let upcoming = firstStep < steps ? run.nextBatch(firstStep) : null
    try {
      for (let step = firstStep; step < steps; step++) {
        const batch = await upcoming!
        upcoming = step + 1 < steps ? run.nextBatch(step + 1) : null
        // A failure is reported by the await of its own step, not as an unhandled rejection before it.
        upcoming?.catch(() => undefined)
        this.stepOn(batch, step)
        await this.logAfter(step + 1)
        // Native operations never yield: without a turn of the event loop Ctrl-C would not be heard.
        await nextTurn()
        if ((step + 1) % checkpointEvery === 0 || step + 1 === steps || interrupted.aborted) await this.save(step + 1)
        stopIfInterrupted()
      }
    } finally {
      await upcoming?.then(
        (batch) => batch.dispose(),
        () => undefined,
      )
    }
    await this.history.write(join(run.work.dir, historyFile))
    const timing = await this.clock.write(run.work.dir)
    const { trainMeans: train, valMeans: val, lastWarning } = this
    return { train, val, warnings: this.history.warnings, lastWarning, timing }
  }

  private save(step: number): Promise<void> {
    const { run, optimiser, history } = this
    return saveCheckpoint(run.work.stateDir, step, { parameters: run.parameters, optimiser, history })
  }

  /** One step: gradients, the check that they are finite, the parameters' change. Disposes the batch. */
  private stepOn(batch: B, step: number): void {
    const startMs = performance.now()
    try {
      const { gradient, names, values } = gradientOf(this.run.parameters, () => this.run.loss(batch, step))
      const learningRate = learningRateAt(step, this.run.config)
      checkFinite(names, values, step, batch.frames)
      this.optimiser.apply(gradient, values[names.indexOf('gradient_norm')], learningRate, step)
      gradient.dispose()
      this.history.pending.add([...names, 'learning_rate'], [...values, learningRate])
    } finally {
      batch.dispose()
    }
    this.clock.step(performance.now() - startMs, batch.frames.length)
  }

  private async logAfter(done: number): Promise<void> {
    const { steps, logEvery, validateEvery } = this.run.config
    const last = done === steps
    if (done % logEvery === 0 || last) {
      this.trainMeans = this.history.pending.take()
      this.history.log(done, 'train', this.trainMeans)
      this.watch(done)
    }
    if (this.run.validation && (done % validateEvery === 0 || last)) await this.validate(this.run.validation, done)
    this.bar.update(done, 'total' in this.trainMeans ? `loss ${this.trainMeans.total.toFixed(4)}` : '')
  }

  private watch(done: number): void {
    const warning = this.run.watch?.(this.trainMeans, done) ?? null
    if (warning !== null && this.lastWarning === null) {
      this.history.warn(done, warning)
      process.stderr.write(`\n${this.run.label}: step ${done}: ${warning}\n`)
    }
    this.lastWarning = warning
  }

  private async validate({ batches, batch: open, loss }: NonNullable<Training<B>['validation']>, done: number) {
    if (batches === 0) return
    const sums = new Means()
    for (let i = 0; i < batches; i++) {
      const batch = await open(i)
      const { names, packed } = tf.tidy(() => packScalars(loss(batch, done)))
      sums.add(names, packed.dataSync())
      packed.dispose()
      batch.dispose()
    }
    this.valMeans = sums.take()
    this.history.log(done, 'val', this.valMeans)
  }
}

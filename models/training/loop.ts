import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { UsageError } from '../../pipeline/errors.js'
import { interrupted, stopIfInterrupted } from '../../pipeline/interrupt.js'
import { type Progress, progress } from '../../pipeline/progress.js'
import { AdamW } from './adamw.js'
import { AveragedWeights } from './averagedWeights.js'
import { type BestValidation, bestValidation } from './bestValidation.js'
import { Checkpoints, type RunState } from './checkpoint.js'
import { Clock } from './clock.js'
import { type Gradient, gradientOf } from './gradient.js'
import { historyFile } from './history.js'
import { keepWeights } from './keptWeights.js'
import { BatchQueue } from './loader/batchQueue.js'
import { type LoopChoices, loopChoices } from './loopConfig.js'
import { RunLog } from './runLog.js'
import { learningRateAt } from './schedule.js'
import { isUsable, skippedSteps, skipStep } from './skippedSteps.js'
import type { Training, TrainingBatch, TrainingOutcome } from './training.js'
import { validate } from './validation.js'

/** Batches that are prepared or wait while one is computed on. */
const batchesAhead = 3

/**
 * Trains in place: the parameters end as the weights that the settings keep, the caller's to write. Leaves
 * `history.parquet`, `timing.json` and, where weights are averaged, `rawWeights.safetensors` in the work folder.
 * Checkpoints go to the state folder, at intervals and on interrupt, and a killed run that is started again continues
 * from the last one: on one machine's CPU the result is the uninterrupted run's, bit for bit.
 *
 * A step whose loss or gradient is not finite changes nothing; after more of them than `maxSkips` it throws DataError
 * with their frames. Throws UsageError for settings that no run can have, and Interrupted after Ctrl-C.
 */
export async function train<B extends TrainingBatch>(run: Training<B>): Promise<TrainingOutcome> {
  const { parameters, config, work } = run
  const choices = loopChoices(config)
  const optimiser = new AdamW(parameters, config)
  const averaged = config.ema > 0 ? new AveragedWeights(parameters, config.ema) : null
  const bar = progress(run.label, config.steps, 'steps')
  let log: RunLog | null = null
  try {
    const { step, history } = await new Checkpoints(work.stateDir).load({ parameters, averaged, optimiser })
    log = new RunLog(history, run.tensorboard ? work.dir : null, step)
    bar.update(step)
    return await new Loop(run, choices, { parameters, averaged, optimiser, history }, log, bar).from(step)
  } finally {
    bar.stop()
    log?.close()
    averaged?.dispose()
    optimiser.dispose()
  }
}

class Loop<B extends TrainingBatch> {
  private readonly clock = new Clock()
  private readonly checkpoints: Checkpoints
  private trainMeans: Record<string, number>
  private valMeans: Record<string, number> | null
  private best: BestValidation | null
  private lastWarning: string | null

  constructor(
    private readonly run: Training<B>,
    private readonly choices: LoopChoices,
    private readonly state: RunState,
    private readonly log: RunLog,
    private readonly bar: Progress,
  ) {
    this.checkpoints = new Checkpoints(run.work.stateDir)
    const logged = state.history.last('train')
    this.trainMeans = logged?.means ?? {}
    this.valMeans = state.history.last('val')?.means ?? null
    this.best = bestValidation(state.history, choices.bestBy)
    this.lastWarning = logged && (run.watch?.(logged.means, logged.step) ?? null)
  }

  async from(firstStep: number): Promise<TrainingOutcome> {
    const { batches, config } = this.run
    const range = { first: firstStep, end: this.isStale ? firstStep : config.steps }
    const queue = new BatchQueue((step) => batches.prepare(step), range, batchesAhead)
    let [done, turnMs] = [firstStep, 0]
    try {
      while (done < config.steps && !this.isStale) {
        const { batch, waitMs } = await queue.take()
        this.stepOn(batch, done++, turnMs + waitMs)
        await this.logAfter(done)
        // Native operations never yield: without a turn of the event loop Ctrl-C would not be heard, no batch arrive, and
        // a loader without threads not work, so the turn counts as waiting for it.
        const startMs = performance.now()
        await nextTurn()
        turnMs = performance.now() - startMs
        if (done % config.checkpointEvery === 0 || this.isLast(done) || interrupted.aborted) await this.save(done)
        stopIfInterrupted()
      }
    } finally {
      await queue.close()
    }
    return this.finish(done)
  }

  /** Whether validations have stopped getting better. */
  private get isStale(): boolean {
    const { patience } = this.run.config
    return patience > 0 && this.best !== null && this.best.since >= patience
  }

  private isLast(done: number): boolean {
    return done === this.run.config.steps || this.isStale
  }

  private save(step: number): Promise<void> {
    return this.checkpoints.save(step, this.state, this.best?.step ?? null)
  }

  /** One step: gradients, the check that they are finite, the parameters' change. */
  private stepOn(open: () => B, step: number, waitMs: number): void {
    const startMs = performance.now()
    const batch = open()
    try {
      const found = gradientOf(this.run.parameters, () => this.run.loss(batch, step))
      try {
        if (isUsable(found)) this.update(found, step)
        else this.skip(found, step, batch.frames)
      } finally {
        found.gradient.dispose()
      }
    } finally {
      batch.dispose()
    }
    this.clock.step(performance.now() - startMs, waitMs, batch.frames.length)
  }

  private update({ gradient, names, values }: Gradient, step: number): void {
    const { optimiser, averaged, history } = this.state
    const learningRate = learningRateAt(step, this.run.config)
    optimiser.apply(gradient, values[names.indexOf('gradient_norm')], learningRate, step)
    averaged?.add(step)
    history.pending.add([...names, 'learning_rate'], [...values, learningRate])
  }

  private skip(found: Gradient, step: number, frames: readonly string[]): void {
    const { why } = skipStep(this.state.history, found, { step, frames, most: this.run.config.maxSkips })
    process.stderr.write(`\n${this.run.label}: step ${step + 1} left out ${why}\n`)
  }

  private async logAfter(done: number): Promise<void> {
    const { logEvery, validateEvery, steps } = this.run.config
    if (done % logEvery === 0) this.logTraining(done)
    if (done % validateEvery === 0 || done === steps) await this.validate(done)
    if (this.isLast(done)) this.logTraining(done)
    this.bar.update(done, this.note())
  }

  /** The means since the last time; nothing where nothing was added since. */
  private logTraining(done: number): void {
    const means = this.state.history.pending.take()
    if (Object.keys(means).length === 0) return
    this.trainMeans = means
    this.log.means(done, 'train', means)
    this.log.facts(done, this.clock.pace())
    this.watch(done)
  }

  private watch(done: number): void {
    const warning = this.run.watch?.(this.trainMeans, done) ?? null
    if (warning !== null && this.lastWarning === null) {
      this.state.history.warn(done, warning)
      process.stderr.write(`\n${this.run.label}: step ${done}: ${warning}\n`)
    }
    this.lastWarning = warning
  }

  /** With the averaged weights where there are any: they are what the run will leave. */
  private async validate(done: number): Promise<void> {
    const { validation, config } = this.run
    if (!validation || validation.count === 0) return
    const { averaged, history } = this.state
    const measure = () => validate(validation, config.steps - 1, batchesAhead)
    this.valMeans = await (averaged ? averaged.during(measure) : measure())
    this.log.means(done, 'val', this.valMeans)
    const { keep, bestBy } = this.choices
    if ((keep === 'best' || config.patience > 0) && !(bestBy in this.valMeans))
      throw new UsageError('the validation has no such number', {
        place: 'bestBy',
        expected: Object.keys(this.valMeans).join(' | '),
        actual: bestBy,
      })
    this.best = bestValidation(history, bestBy)
    if (keep === 'best' && this.best?.step === done) await this.checkpoints.saveBest(done, this.state)
  }

  private note(): string {
    const shown = { loss: this.trainMeans.total, val: this.valMeans?.total }
    return Object.entries(shown)
      .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value.toFixed(4)}`]))
      .join('  ')
  }

  private async finish(done: number): Promise<TrainingOutcome> {
    const { run, state, choices, best, trainMeans: train, valMeans, lastWarning } = this
    const { dir } = run.work
    const weights = await keepWeights(state, choices, { done, best, dir, ema: run.config.ema }, this.checkpoints)
    await state.history.write(join(dir, historyFile))
    const timing = await this.clock.write(dir)
    const [warnings, skipped] = [state.history.warnings, skippedSteps(state.history)]
    const stoppedEarly = done < run.config.steps
    const val = weights.chosenBy ? state.history.at('val', weights.step) : valMeans
    return { steps: done, stoppedEarly, weights, train, val, warnings, lastWarning, skipped, timing }
  }
}

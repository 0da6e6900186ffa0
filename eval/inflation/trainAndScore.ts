import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { FrameCache } from '../../models/frameCache.js'
import { classWeights, countClasses } from '../../models/latent/classWeights.js'
import type { LatentConfig } from '../../models/latent/config.js'
import { framePreparer } from '../../models/latent/framePreparer.js'
import type { LatentModel, LatentSpec } from '../../models/latent/latentModel.js'
import { buildLatent } from '../../models/latent/load.js'
import { trainingOf } from '../../models/latent/train.js'
import { choosePrecision } from '../../models/precision.js'
import { historyFile } from '../../models/training/history.js'
import { inProcess } from '../../models/training/loader/loader.js'
import { train } from '../../models/training/loop.js'
import type { Dataset } from '../../pipeline/dataset.js'
import type { Frame } from '../../pipeline/schema.js'
import type { Work } from '../../pipeline/stage.js'
import { Confusion } from '../metrics/confusion.js'
import type { Policy } from '../metrics/policies.js'
import { maskOf } from '../policyMask.js'
import { reconstruct } from '../reconstruct.js'

/** Counts of (truth, prediction), [K, K], of the scored frames of each log. */
export type LogCounts = Record<string, number[]>

/** Frames by their number in the dataset. */
export interface Trial {
  /** Names the trial's folder and its unit of work. */
  name: string
  train: readonly number[]
  scored: readonly number[]
  /** Of the model's first weights, its draws and the order of its batches. */
  seed: number
}

const cacheBytes = 1e9
const scoringBatch = 8

/** Trains one latent after the other on frames of a dataset and scores how each reconstructs the scored frames. */
export class Trials {
  private readonly cache: FrameCache
  /** Trials asked for so far, those of them that were trained now, and how long these took. */
  private asked = 0
  private trainedNow = 0
  private elapsedS = 0

  /** `count`: how many trials there will be. */
  constructor(
    private readonly dataset: Dataset,
    private readonly work: Work,
    private readonly config: Readonly<LatentConfig>,
    private readonly policy: Policy,
    private readonly count: number,
  ) {
    this.cache = new FrameCache(dataset, cacheBytes)
  }

  /** A trial that an earlier, killed run finished is read back; one that it began goes on from its last checkpoint. */
  run(trial: Trial): Promise<LogCounts> {
    const folder = join('trials', trial.name)
    this.asked++
    return this.work.unit(trial.name, async () => {
      const startMs = Date.now()
      const model = await this.trained(trial, folder)
      try {
        const result = await this.scored(model, trial.scored)
        this.sayHowLong((Date.now() - startMs) / 1000)
        return { files: [join(folder, historyFile)], result }
      } finally {
        model.dispose()
      }
    })
  }

  /** Each training shows its own progress; this is that of them all. */
  private sayHowLong(tookS: number): void {
    this.trainedNow++
    this.elapsedS += tookS
    const left = this.count - this.asked
    const leftS = (left * this.elapsedS) / this.trainedNow
    const eta =
      left === 0 ? '' : `, about ${leftS < 90 ? `${leftS.toFixed(0)} s` : `${(leftS / 60).toFixed(0)} min`} left`
    process.stderr.write(`split inflation: ${this.asked} of ${this.count} trainings done${eta}\n`)
  }

  private async trained(trial: Trial, folder: string): Promise<LatentModel> {
    const spec = await this.specOf(trial)
    const model = buildLatent(spec)
    try {
      const places = { dir: join(this.work.dir, folder), stateDir: join(this.work.stateDir, folder) }
      for (const dir of Object.values(places)) await mkdir(dir, { recursive: true })
      const frames = { train: [...trial.train], val: [] }
      const loader = inProcess(framePreparer(this.cache, { ...spec, corruptions: spec.config.corruptions }))
      await train({
        ...trainingOf(model, spec, frames, loader, places),
        label: `${trial.name}, ${this.asked} of ${this.count}`,
      })
      return model
    } catch (error) {
      model.dispose()
      throw error
    }
  }

  /** Class weights come from the trial's own training frames, as they would in earnest. */
  private async specOf({ train: frames, seed }: Trial): Promise<LatentSpec> {
    const { config, dataset } = this
    const { grid, taxonomy } = dataset
    const classCounts = taxonomy.classes.map(() => 0)
    for await (const frame of this.frames(frames)) countClasses(classCounts, frame, config.countUnobserved)
    const precision = choosePrecision(config.precision)
    const weights = classWeights(classCounts, taxonomy, config)
    return { config, grid, taxonomy, classCounts, classWeights: weights, precision, seed }
  }

  private async scored(model: LatentModel, frames: readonly number[]): Promise<LogCounts> {
    const { dataset, policy } = this
    const counts = new Map<string, Confusion>()
    for await (const { frame, predicted } of reconstruct(model, dataset, this.frames(frames), scoringBatch)) {
      const confusion = counts.get(frame.logId) ?? new Confusion(dataset.taxonomy.classes.length)
      counts.set(frame.logId, confusion.addFrame(frame.semantics, predicted, maskOf(policy, frame, dataset.taxonomy)))
    }
    return Object.fromEntries([...counts].map(([logId, confusion]) => [logId, [...confusion.counts]]))
  }

  private async *frames(numbers: readonly number[]): AsyncGenerator<Frame> {
    for (const number of numbers) yield await this.cache.get(number)
  }
}

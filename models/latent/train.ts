import { type Dataset, openDataset } from '../../pipeline/dataset.js'
import { UsageError } from '../../pipeline/errors.js'
import type { Manifest } from '../../pipeline/manifest.js'
import { stream } from '../../pipeline/random.js'
import { carryCertificate } from '../../pipeline/splits/certificateFolder.js'
import { readSplit } from '../../pipeline/splits/readSplit.js'
import { trainedFile, writeTrained } from '../../pipeline/splits/trainedFrames.js'
import { runStage, type Work } from '../../pipeline/stage.js'
import type { OccupancyBatch } from '../batch.js'
import { occupancyBatch } from '../batch.js'
import { FrameCache } from '../frameCache.js'
import { choosePrecision } from '../precision.js'
import { EpochSampler } from '../training/epochSampler.js'
import { type Training, type TrainingOutcome, train } from '../training/loop.js'
import { classWeights } from './classWeights.js'
import type { LatentConfig } from './config.js'
import type { LatentModel, LatentSpec } from './latentModel.js'
import { buildLatent, saveLatent } from './load.js'
import { type Survey, survey } from './survey.js'

export interface TrainLatentOptions {
  /** Folder written by `ingest`. */
  dataset: string
  /** Folder written by `split`. */
  split: string
  /** Run folder to write. */
  out: string
  config: Readonly<LatentConfig>
  seed: number
  replace?: boolean
  /** Shown beside the progress bar. */
  label?: string
  /** Memory for frames, MB; beyond it they are read from disk. Changes no byte of the result. */
  cacheMb?: number
}

/**
 * Stage `train-latent`: trains a latent on the training part of a split. Writes `weights.safetensors`, `model.json`,
 * `history.parquet` and `timing.json`, the list of its training frames and the split's certificate; the manifest's
 * details say which frames it saw and whether the latent is healthy.
 *
 * Throws UsageError for a bad configuration or a split of another dataset, DataError for damaged input or a run that
 * diverges, and what `runStage` throws.
 */
export async function trainLatent(options: TrainLatentOptions): Promise<Manifest> {
  const { dataset, split, out, config, seed, replace } = options
  const plan = { stage: 'train-latent', target: out, config, seed, inputs: { dataset, split }, replace }
  return runStage(plan, async (work) => {
    const opened = await openDataset(dataset)
    try {
      await trainOn(opened, work, options)
    } finally {
      await opened.close()
    }
  })
}

async function trainOn(dataset: Dataset, work: Work, options: TrainLatentOptions): Promise<void> {
  const { config, seed, cacheMb = 1024 } = options
  const cache = new FrameCache(dataset, cacheMb * 1e6)
  const found = await surveyed(dataset, work, options, cache)
  const { classCounts } = found
  const { grid, taxonomy } = dataset
  const spec: LatentSpec = {
    config,
    grid,
    taxonomy,
    classCounts,
    classWeights: classWeights(classCounts, taxonomy, config),
    precision: choosePrecision(config.precision),
    seed,
  }
  const model = buildLatent(spec)
  try {
    const outcome = await train({
      ...trainingOf(model, spec, found, cache, work),
      label: options.label ?? 'train latent',
    })
    await saveLatent(work.dir, model, spec)
    await carryCertificate(options.split, work)
    describe(work, model, spec, found, outcome)
  } finally {
    model.dispose()
  }
}

/** The survey of the training part, made once: a resumed run reads it back. */
async function surveyed(dataset: Dataset, work: Work, options: TrainLatentOptions, cache: FrameCache): Promise<Survey> {
  const split = await readSplit(options.split)
  if (split.datasetHash !== work.inputHashes.dataset)
    throw new UsageError('the split is of another dataset', {
      file: options.split,
      expected: work.inputHashes.dataset.slice(0, 12),
      actual: split.datasetHash.slice(0, 12),
    })
  const found = await work.unit('survey', async () => ({
    result: await writeTrained(work.dir, (list) => survey(dataset, split, options.config, cache, list)),
    files: [trainedFile],
  }))
  if (found.train.length === 0)
    throw new UsageError('no frame is left to train on', { file: options.split, place: 'part train' })
  return found
}

/** What the loop is to do: batches of the frames to train on, and the validation frames; `work` keeps its checkpoints. */
export function trainingOf(
  model: LatentModel,
  { config, grid, seed }: LatentSpec,
  { train: trainFrames, val }: Pick<Survey, 'train' | 'val'>,
  cache: FrameCache,
  work: Pick<Work, 'dir' | 'stateDir'>,
): Omit<Training<OccupancyBatch>, 'label'> {
  const load = async (numbers: number[]) => occupancyBatch(await Promise.all(numbers.map((n) => cache.get(n))), grid)
  const sampler = new EpochSampler(trainFrames.length, config.batch, seed)
  const chosen = stream(seed, 'validation').shuffle(val).slice(0, config.validationFrames)
  return {
    work,
    parameters: model.parameters,
    config,
    nextBatch: (step) => load(sampler.at(step).map((i) => trainFrames[i])),
    loss: (batch, step) => model.loss(batch, step),
    validation: {
      batches: Math.ceil(chosen.length / config.batch),
      batch: (i) => load(chosen.slice(i * config.batch, (i + 1) * config.batch)),
      loss: (batch, step) => model.loss(batch, step),
    },
    watch: (means, step) => model.health(means, step),
  }
}

function describe(work: Work, model: LatentModel, spec: LatentSpec, found: Survey, outcome: TrainingOutcome): void {
  const { warnings, lastWarning } = outcome
  work.detail('family', spec.config.family)
  work.detail('shape', model.shape)
  work.detail('grid', spec.grid.name)
  work.detail('taxonomy', spec.taxonomy.name)
  work.detail('parameters', model.parameters.size)
  work.detail('precision', spec.precision)
  work.detail('frames', { train: found.train.length, val: found.val.length })
  work.detail('trainedOn', found.trainedOn)
  work.detail('loss', { train: outcome.train, val: outcome.val })
  work.detail('health', {
    ok: lastWarning === null,
    warning: lastWarning,
    warnings: warnings.map(({ step, note }) => ({ step, note })),
  })
}

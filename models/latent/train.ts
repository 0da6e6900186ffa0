import { type Dataset, openDataset } from '../../pipeline/dataset.js'
import { UsageError } from '../../pipeline/errors.js'
import type { Manifest } from '../../pipeline/manifest.js'
import { stream } from '../../pipeline/random.js'
import { carryCertificate } from '../../pipeline/splits/certificateFolder.js'
import { readSplit } from '../../pipeline/splits/readSplit.js'
import { trainedFile, writeTrained } from '../../pipeline/splits/trainedFrames.js'
import { runStage, type Work } from '../../pipeline/stage.js'
import { batchOfArrays, type OccupancyArrays, type OccupancyBatch } from '../batch.js'
import { parseCorruptions } from '../corruptions/corruptions.js'
import { choosePrecision } from '../precision.js'
import { describeOutcome } from '../training/describeOutcome.js'
import { EpochSampler } from '../training/epochSampler.js'
import type { Loader } from '../training/loader/loader.js'
import { train } from '../training/loop.js'
import { latentCriteria, loopChoices } from '../training/loopConfig.js'
import { readSafetensors } from '../training/safetensors.js'
import type { Training, TrainingOutcome } from '../training/training.js'
import { classWeights } from './classWeights.js'
import { checkLatentConfig, type LatentConfig } from './config.js'
import { type FrameRequest, openFrameLoader } from './framePreparer.js'
import type { LatentModel, LatentSpec } from './latentModel.js'
import { latentRate } from './latentRate.js'
import { latentScore } from './latentScore.js'
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
  /** Threads that read and prepare batches ahead; 0 leaves that to the training thread. Changes no byte of the result. */
  loaderThreads?: number
  /** Weights to start from, a safetensors file with the model's own names and shapes. */
  initFrom?: string
  /** Whether to write event files for TensorBoard into the run folder; they enter no hash. */
  tensorboard?: boolean
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
  const { dataset, split, out, config, seed, replace, initFrom } = options
  // Before a pass over the dataset, not after it.
  loopChoices(config, latentCriteria)
  checkLatentConfig(config)
  parseCorruptions(config.corruptions)
  const inputs = { dataset, split, ...(initFrom !== undefined && { initFrom }) }
  const plan = { stage: 'train-latent', target: out, config, seed, inputs, replace }
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
  const { config, seed, cacheMb = 1024, loaderThreads = 1 } = options
  const found = await surveyed(dataset, work, options)
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
  const frames = { ...{ dataset: options.dataset, cacheMb, grid, taxonomy, seed }, corruptions: config.corruptions }
  const loader = await openFrameLoader(frames, loaderThreads)
  try {
    await trainModel(spec, found, loader, work, options)
  } finally {
    await loader.close()
  }
}

async function trainModel(
  spec: LatentSpec,
  found: Survey,
  loader: Loader<FrameRequest, OccupancyArrays>,
  work: Work,
  { split, initFrom, tensorboard, label = 'train latent' }: TrainLatentOptions,
): Promise<void> {
  const model = buildLatent(spec)
  try {
    if (initFrom) model.parameters.load((await readSafetensors(initFrom)).tensors, initFrom)
    const outcome = await train({ ...trainingOf(model, spec, found, loader, work), label, tensorboard })
    await saveLatent(work.dir, model, spec)
    await carryCertificate(split, work)
    describe(work, model, spec, found, outcome)
  } finally {
    model.dispose()
  }
}

/** The survey of the training part, made once: a resumed run reads it back. */
async function surveyed(dataset: Dataset, work: Work, options: TrainLatentOptions): Promise<Survey> {
  const split = await readSplit(options.split)
  if (split.datasetHash !== work.inputHashes.dataset)
    throw new UsageError('the split is of another dataset', {
      file: options.split,
      expected: work.inputHashes.dataset.slice(0, 12),
      actual: split.datasetHash.slice(0, 12),
    })
  const found = await work.unit('survey', async () => ({
    result: await writeTrained(work.dir, (list) => survey(dataset, split, options.config, list)),
    files: [trainedFile],
  }))
  if (found.train.length === 0)
    throw new UsageError('no frame is left to train on', { file: options.split, place: 'part train' })
  return found
}

/**
 * What the loop is to do: batches of the frames to train on, and the validation frames, which no corruption touches;
 * `work` keeps its checkpoints.
 */
export function trainingOf(
  model: LatentModel,
  spec: LatentSpec,
  { train: trainFrames, val }: Pick<Survey, 'train' | 'val'>,
  loader: Loader<FrameRequest, OccupancyArrays>,
  work: Pick<Work, 'dir' | 'stateDir'>,
): Omit<Training<OccupancyBatch>, 'label'> {
  const { config, grid, seed } = spec
  const load = async (request: FrameRequest) => {
    const { value, release } = await loader.prepare(request)
    return () => batchOfArrays(value, grid, release)
  }
  const sampler = new EpochSampler(trainFrames.length, config.batch, seed)
  const chosen = stream(seed, 'validation').shuffle(val).slice(0, config.validationFrames)
  const validated = (i: number) => chosen.slice(i * config.batch, (i + 1) * config.batch)
  return {
    work,
    parameters: model.parameters,
    config,
    batches: {
      prepare: (step) => load({ numbers: sampler.at(step).map((i) => trainFrames[i]), corruptedAt: step }),
    },
    loss: (batch, step) => model.loss(batch, step),
    validation: {
      count: Math.ceil(chosen.length / config.batch),
      batches: { prepare: (i) => load({ numbers: validated(i), corruptedAt: null }) },
      loss: (batch, step) => model.loss(batch, step),
      score: () => latentScore(model, spec, chosen.length),
    },
    watch: (means, step) => model.health(means, step),
  }
}

function describe(work: Work, model: LatentModel, spec: LatentSpec, found: Survey, outcome: TrainingOutcome): void {
  work.detail('family', spec.config.family)
  work.detail('shape', model.shape)
  work.detail('grid', spec.grid.name)
  work.detail('taxonomy', spec.taxonomy.name)
  work.detail('parameters', model.parameters.size)
  work.detail('rate', latentRate(model.shape, spec, outcome.val ?? outcome.train))
  work.detail('precision', spec.precision)
  work.detail('frames', { train: found.train.length, val: found.val.length })
  work.detail('trainedOn', found.trainedOn)
  describeOutcome(work, outcome)
}

import { type Dataset, openDataset } from '../../pipeline/dataset.js'
import { UsageError } from '../../pipeline/errors.js'
import { type Manifest, readManifest } from '../../pipeline/manifest.js'
import { carryCertificate } from '../../pipeline/splits/certificateFolder.js'
import { readSplit } from '../../pipeline/splits/readSplit.js'
import { trainedFile, writeTrained } from '../../pipeline/splits/trainedFrames.js'
import { runStage, type Work } from '../../pipeline/stage.js'
import { kinshipOfLatents, refuseStrangers } from '../belongTogether.js'
import { type Latents, openLatents } from '../latent/latentsFolder.js'
import { loadLatent } from '../latent/load.js'
import { choosePrecision } from '../precision.js'
import { describeOutcome } from '../training/describeOutcome.js'
import { train } from '../training/loop.js'
import { dynamicsCriteria, loopChoices } from '../training/loopConfig.js'
import type { TrainingOutcome } from '../training/training.js'
import { checkDynamicsConfig, type DynamicsConfig } from './config.js'
import type { DynamicsModel, DynamicsSpec } from './dynamicsModel.js'
import { gainOverWarp } from './health.js'
import { LatentCache } from './latentCache.js'
import { buildDynamics, saveDynamics } from './load.js'
import { type DynamicsSurvey, surveyLogs } from './survey.js'
import { mapFrameOf } from './warp.js'
import { openWindowLoader } from './windowPreparer.js'
import { type Plans, plansOf, trainingOf, type WindowSource } from './windowTraining.js'

export interface TrainDynamicsOptions {
  /** Folder written by `ingest`. */
  dataset: string
  /** Folder written by `split`. */
  split: string
  /** Folder written by `encode`, and the run folder of the latent that encoded. */
  latents: string
  latent: string
  /** Run folder to write. */
  out: string
  config: Readonly<DynamicsConfig>
  seed: number
  replace?: boolean
  /** Memory for latents and for frames, MB each; beyond it they are read from disk. Changes no byte of the result. */
  cacheMb?: number
  /** Threads that read and prepare batches ahead; 0 leaves that to the training thread. Changes no byte of the result. */
  loaderThreads?: number
  /** Whether to write event files for TensorBoard into the run folder; they enter no hash. */
  tensorboard?: boolean
}

/**
 * Stage `train-dynamics`: trains a dynamics model on the latents of a split's training part. Writes
 * `weights.safetensors`, `model.json`, `history.parquet` and `timing.json`, the list of its training frames and the
 * split's certificate; the manifest's details say which frames and windows it saw, and by how much it beats the last
 * latent warped by the ego motion.
 *
 * Throws UsageError for a bad configuration or folders that do not belong together, DataError for damaged input or a
 * run that diverges, and what `runStage` throws.
 */
export async function trainDynamics(options: TrainDynamicsOptions): Promise<Manifest> {
  const { dataset, split, latent, latents, out, config, seed, replace } = options
  checkDynamicsConfig(config)
  loopChoices(config, dynamicsCriteria)
  const inputs = { dataset, split, latent, latents }
  return runStage({ stage: 'train-dynamics', target: out, config, seed, inputs, replace }, async (work) => {
    const [opened, codes] = [await openDataset(dataset), await openLatents(latents)]
    try {
      await trainOn(opened, codes, work, options)
    } finally {
      await codes.close()
      await opened.close()
    }
  })
}

async function trainOn(dataset: Dataset, codes: Latents, work: Work, options: TrainDynamicsOptions): Promise<void> {
  const { config, seed, cacheMb = 1024, loaderThreads = 1 } = options
  await checkBelongTogether(codes, work, options)
  const found = await surveyed(dataset, codes, work, options)
  const plans = plansOf(found, dataset, config)
  if (plans.train.windows.length === 0)
    throw new UsageError('no window is left to train on', {
      file: options.split,
      expected: `${config.past + config.future} consecutive frames of part train`,
      actual: JSON.stringify(plans.train.leftOut),
    })
  const rule = { frames: found.frames, shape: codes.shape, config: { ...config }, seed }
  const folders = { dataset: options.dataset, latents: options.latents, cacheMb }
  const loader = await openWindowLoader({ ...rule, ...folders }, loaderThreads)
  const { model: latent } = await loadLatent(options.latent).catch(async (error) => {
    await loader.close()
    throw error
  })
  try {
    const tensors = { shape: codes.shape, grid: dataset.grid, latent, config, seed }
    await trainModel(found, { plans, loader, tensors }, work, options)
  } finally {
    await loader.close()
    latent.dispose()
  }
}

async function trainModel(
  found: DynamicsSurvey,
  windows: WindowSource,
  work: Work,
  options: TrainDynamicsOptions,
): Promise<void> {
  const { plans, tensors } = windows
  const [h, w, channels] = tensors.shape
  const precision = choosePrecision(options.config.precision)
  const shape = { frame: mapFrameOf(tensors.grid, h, w), channels, statistics: found.statistics, precision }
  const spec: DynamicsSpec = { config: options.config, shape, latent: work.inputHashes.latent, seed: options.seed }
  const model = buildDynamics(spec)
  try {
    const outcome = await train({ ...trainingOf(model, windows, spec, work), tensorboard: options.tensorboard })
    await saveDynamics(work.dir, model, spec)
    await carryCertificate(options.split, work)
    describe(work, model, spec, found, plans, outcome)
  } finally {
    model.dispose()
  }
}

/** Frames, latents and split of different datasets would pair up without an error and mean nothing. */
async function checkBelongTogether(
  codes: Latents,
  work: Work,
  { split, latents }: TrainDynamicsOptions,
): Promise<void> {
  const ofSplit = (await readManifest(split, 'split')).inputs.dataset.hash
  refuseStrangers([
    ...kinshipOfLatents(latents, codes.manifest.inputs, work.inputHashes),
    {
      problem: 'the split is of another dataset',
      file: split,
      expected: work.inputHashes.dataset,
      actual: ofSplit,
    },
  ])
}

/** The survey, made once: a resumed run reads it back. */
async function surveyed(dataset: Dataset, codes: Latents, work: Work, options: TrainDynamicsOptions) {
  const split = await readSplit(options.split)
  // Each log is read once here: nothing is worth keeping.
  const cache = new LatentCache(codes, 0)
  return work.unit('survey', async () => ({
    result: await writeTrained(work.dir, (list) => surveyLogs(dataset, split, cache, options.config.exclude, list)),
    files: [trainedFile],
  }))
}

function describe(
  work: Work,
  model: DynamicsModel,
  { config, shape }: DynamicsSpec,
  found: DynamicsSurvey,
  { train: trained, val }: Plans,
  outcome: TrainingOutcome,
): void {
  work.detail('model', config.model)
  work.detail('parameters', model.parameters.size)
  work.detail('precision', shape.precision)
  work.detail('windows', { train: trained.windows.length, val: val.windows.length })
  work.detail('leftOut', { train: trained.leftOut, val: val.leftOut })
  work.detail('trainedOn', found.trainedOn)
  work.detail('gainOverWarp', { train: gainOverWarp(outcome.train), val: outcome.val && gainOverWarp(outcome.val) })
  describeOutcome(work, outcome)
}

import { type Dataset, openDataset } from '../../pipeline/dataset.js'
import { DataError, UsageError } from '../../pipeline/errors.js'
import { type Manifest, readManifest } from '../../pipeline/manifest.js'
import { stream } from '../../pipeline/random.js'
import { carryCertificate } from '../../pipeline/splits/certificateFolder.js'
import { readSplit } from '../../pipeline/splits/readSplit.js'
import { trainedFile, writeTrained } from '../../pipeline/splits/trainedFrames.js'
import { runStage, type Work } from '../../pipeline/stage.js'
import { FrameCache } from '../frameCache.js'
import { type Latents, openLatents } from '../latent/latentsFolder.js'
import { loadLatent } from '../latent/load.js'
import { choosePrecision } from '../precision.js'
import { EpochSampler } from '../training/epochSampler.js'
import { type Training, type TrainingOutcome, train } from '../training/loop.js'
import { checkDynamicsConfig, type DynamicsConfig } from './config.js'
import type { DynamicsModel, DynamicsSpec } from './dynamicsModel.js'
import { gainOverWarp, healthOf } from './health.js'
import { LatentCache } from './latentCache.js'
import { buildDynamics, saveDynamics } from './load.js'
import { type DynamicsSurvey, surveyLogs } from './survey.js'
import { mapFrameOf } from './warp.js'
import { type WindowBatch, type WindowSource, windowBatch } from './windowBatch.js'
import { planWindows, type WindowPlan } from './windows.js'

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
  const { config, seed, cacheMb = 1024 } = options
  await checkBelongTogether(codes, work, options)
  const cache = new LatentCache(codes, cacheMb * 1e6)
  const found = await surveyed(dataset, cache, work, options)
  const plans = plansOf(found, dataset, config)
  if (plans.train.windows.length === 0)
    throw new UsageError('no window is left to train on', {
      file: options.split,
      expected: `${config.past + config.future} consecutive frames of part train`,
      actual: JSON.stringify(plans.train.leftOut),
    })
  const { model: latent } = await loadLatent(options.latent)
  const [h, w, channels] = codes.shape
  const precision = choosePrecision(config.precision)
  const shape = { frame: mapFrameOf(dataset.grid, h, w), channels, statistics: found.statistics, precision }
  const spec: DynamicsSpec = { config, shape, latent: work.inputHashes.latent, seed }
  const model = buildDynamics(spec)
  const frames = new FrameCache(dataset, cacheMb * 1e6)
  const occupancy = config.decodedWeight > 0 ? { frames, grid: dataset.grid, latent } : null
  try {
    const source = { frames: found.frames, latents: cache, shape: codes.shape, occupancy, config, seed }
    const outcome = await train(trainingOf(model, source, plans, work))
    await saveDynamics(work.dir, model, spec)
    await carryCertificate(options.split, work)
    describe(work, model, spec, found, plans, outcome)
  } finally {
    model.dispose()
    latent.dispose()
  }
}

/** Frames, latents and split of different datasets would pair up without an error and mean nothing. */
async function checkBelongTogether(
  codes: Latents,
  work: Work,
  { split, latents }: TrainDynamicsOptions,
): Promise<void> {
  const { dataset, latent } = work.inputHashes
  const { inputs } = codes.manifest
  const pairs = [
    ['the latents are of another dataset', latents, dataset, inputs.dataset.hash],
    ['another latent made the latents', latents, latent, inputs.latent.hash],
    ['the split is of another dataset', split, dataset, (await readManifest(split, 'split')).inputs.dataset.hash],
  ]
  for (const [problem, file, expected, actual] of pairs)
    if (expected !== actual)
      throw new UsageError(problem, { file, expected: expected.slice(0, 12), actual: actual.slice(0, 12) })
}

/** The survey, made once: a resumed run reads it back. */
async function surveyed(dataset: Dataset, cache: LatentCache, work: Work, options: TrainDynamicsOptions) {
  const split = await readSplit(options.split)
  return work.unit('survey', async () => ({
    result: await writeTrained(work.dir, (list) => surveyLogs(dataset, split, cache, options.config.exclude, list)),
    files: [trainedFile],
  }))
}

type Plans = Record<'train' | 'val', WindowPlan>

function plansOf({ frames }: DynamicsSurvey, dataset: Dataset, { past, future }: DynamicsConfig): Plans {
  const rateHz = Number(dataset.manifest.details.frameRateHz)
  if (!(rateHz > 0))
    throw new DataError("the dataset's manifest has no frame rate", {
      file: dataset.dir,
      expected: 'details.frameRateHz',
    })
  const plan = (part: string) => planWindows(frames, { part, past, future, stepS: 1 / rateHz })
  return { train: plan('train'), val: plan('val') }
}

function trainingOf(model: DynamicsModel, source: WindowSource, plans: Plans, work: Work): Training<WindowBatch> {
  const { config, seed } = source
  const sampler = new EpochSampler(plans.train.windows.length, config.batch, seed)
  const chosen = stream(seed, 'validation').shuffle(plans.val.windows).slice(0, config.validationWindows)
  return {
    label: 'train dynamics',
    work,
    parameters: model.parameters,
    config,
    nextBatch: (step) =>
      windowBatch(
        source,
        sampler.at(step).map((i) => plans.train.windows[i]),
        step,
      ),
    loss: (batch) => model.loss(batch),
    validation: {
      batches: Math.ceil(chosen.length / config.batch),
      batch: (i) => windowBatch(source, chosen.slice(i * config.batch, (i + 1) * config.batch), `validation ${i}`),
      loss: (batch) => model.loss(batch),
    },
    watch: (means, step) => healthOf(means, step, config),
  }
}

function describe(
  work: Work,
  model: DynamicsModel,
  { config, shape }: DynamicsSpec,
  found: DynamicsSurvey,
  { train: trained, val }: Plans,
  { train: trainMeans, val: valMeans, warnings, lastWarning }: TrainingOutcome,
): void {
  work.detail('model', config.model)
  work.detail('parameters', model.parameters.size)
  work.detail('precision', shape.precision)
  work.detail('windows', { train: trained.windows.length, val: val.windows.length })
  work.detail('leftOut', { train: trained.leftOut, val: val.leftOut })
  work.detail('trainedOn', found.trainedOn)
  work.detail('loss', { train: trainMeans, val: valMeans })
  work.detail('gainOverWarp', { train: gainOverWarp(trainMeans), val: valMeans && gainOverWarp(valMeans) })
  work.detail('health', {
    ok: lastWarning === null,
    warning: lastWarning,
    warnings: warnings.map(({ step, note }) => ({ step, note })),
  })
}

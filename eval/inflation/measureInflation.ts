import { join } from 'node:path'
import { type LatentConfig, latentDefaults, latentPresets } from '../../models/latent/config.js'
import { resolveConfig } from '../../pipeline/config.js'
import { type Dataset, openDataset } from '../../pipeline/dataset.js'
import { UsageError } from '../../pipeline/errors.js'
import type { Manifest } from '../../pipeline/manifest.js'
import { seedOf } from '../../pipeline/random.js'
import type { FramePlace } from '../../pipeline/splits/placedFrames.js'
import { readSplit, type Split } from '../../pipeline/splits/readSplit.js'
import { readTracks } from '../../pipeline/splits/tracks.js'
import { runStage, type Work } from '../../pipeline/stage.js'
import { policyNamed } from '../metrics/policies.js'
import { writeMetrics } from '../metricTable.js'
import { chooseFrames, type FrameSets, nearnessOf } from './frameSets.js'
import { checkInflationConfig, type InflationConfig } from './inflationConfig.js'
import { inflationRows, type Repeat } from './inflationRows.js'
import { Trials } from './trainAndScore.js'

export interface InflationOptions {
  dataset: string
  /** A split with a buffer: the clean side, and the test part. */
  split: string
  out: string
  config: Readonly<InflationConfig>
  seed: number
  replace?: boolean
}

/**
 * Stage `split-inflation`: what a leak is worth. The same small latent is trained twice, from the same seed, for as many
 * steps, on as many frames: once on the train part, once on frames drawn from train and test logs alike, and both
 * reconstruct the same test frames. Writes `metrics.parquet` and each training's history.
 *
 * Throws UsageError for a configuration that cannot be met or a split of another dataset, and what `runStage` throws.
 */
export async function measureInflation(options: InflationOptions): Promise<Manifest> {
  const { dataset, split, out, config, seed, replace } = options
  checkInflationConfig(config)
  const latent = latentOf(config)
  const inputs = { dataset, split }
  return runStage({ stage: 'split-inflation', target: out, config, seed, inputs, replace }, async (work) => {
    const parts = await splitOf(split, work)
    const opened = await openDataset(dataset)
    try {
      await measure(opened, parts, latent, work, options)
    } finally {
      await opened.close()
    }
  })
}

/** The preset's latent, with warm-ups that fit into the steps. */
function latentOf({ latent, steps }: InflationConfig): Readonly<LatentConfig> {
  const preset = resolveConfig('latent', latentDefaults, latentPresets, latent, { steps })
  const { warmupSteps, klWarmupSteps } = preset
  return { ...preset, warmupSteps: Math.min(warmupSteps, steps), klWarmupSteps: Math.min(klWarmupSteps, steps) }
}

async function splitOf(dir: string, work: Work): Promise<Split> {
  const split = await readSplit(dir)
  if (split.datasetHash === work.inputHashes.dataset) return split
  throw new UsageError('the split is of another dataset', {
    file: dir,
    expected: work.inputHashes.dataset.slice(0, 12),
    actual: split.datasetHash.slice(0, 12),
  })
}

async function measure(
  dataset: Dataset,
  split: Split,
  latent: Readonly<LatentConfig>,
  work: Work,
  { config, seed }: InflationOptions,
): Promise<void> {
  const policy = policyNamed(config.policy)
  const sets = chooseFrames(await readTracks(dataset), split.partOf, config, seed)
  const logs = new Set(sets.scored.map(({ track }) => track)).size
  const trials = new Trials(dataset, work, latent, policy, 2 * config.repeats)
  const repeats: Repeat[] = []
  for (let i = 1; i <= config.repeats; i++) repeats.push(await repeat(trials, dataset, sets, seed, i))
  const population =
    `reconstruction of ${sets.scored.length} test frames of ${logs} logs; either model saw ${sets.clean.length} frames ` +
    `for ${config.steps} steps; repeats ${config.repeats}`
  const { taxonomy } = dataset
  const provenance = { dataset: work.inputHashes.dataset, split: split.hash, run: work.key }
  const context = { taxonomy, policy, seed, resamples: config.resamples, population, ...provenance }
  await writeMetrics(join(work.dir, 'metrics.parquet'), inflationRows(repeats, context))
  work.detail('frames', { scored: sets.scored.length, train: sets.clean.length, logs })
  work.detail('nearestTrainingFrame', {
    clean: nearnessOf(sets.scored, sets.clean),
    leaky: nearnessOf(sets.scored, sets.leaky),
  })
}

/** Both models of a repeat start from one seed. */
async function repeat(trials: Trials, dataset: Dataset, sets: FrameSets, seed: number, i: number): Promise<Repeat> {
  const numbersOf = (frames: readonly FramePlace[]) =>
    frames.map(({ track, row }) => dataset.firstFrame.get(track.logId)! + row)
  const shared = { scored: numbersOf(sets.scored), seed: seedOf(seed, 'inflation', i) }
  const clean = await trials.run({ ...shared, name: `clean-${i}`, train: numbersOf(sets.clean) })
  const leaky = await trials.run({ ...shared, name: `leaky-${i}`, train: numbersOf(sets.leaky) })
  return { clean, leaky }
}

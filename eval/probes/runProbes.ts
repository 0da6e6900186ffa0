import { join } from 'node:path'
import { UsageError } from '../../pipeline/errors.js'
import type { Manifest } from '../../pipeline/manifest.js'
import { progress } from '../../pipeline/progress.js'
import { stream } from '../../pipeline/random.js'
import { carryCertificate } from '../../pipeline/splits/certificateFolder.js'
import { readSplit } from '../../pipeline/splits/readSplit.js'
import { runStage } from '../../pipeline/stage.js'
import { type MetricRow, withRemark } from '../metricRow.js'
import { writeMetrics } from '../metricTable.js'
import { refuseTrainedFrames } from '../trainedFrames.js'
import { collectFeatures } from './features.js'
import type { Probe } from './probe.js'
import { probeRows } from './probeRows.js'
import { probes } from './probes.js'

export interface ProbeConfig {
  /** Probes to run, by registry key. */
  probes: readonly string[]
  /** Bootstrap resamples over logs. */
  resamples: number
  /** Probe a latent on frames it may have been trained on, and say so beside every number. */
  allowTrained: boolean
}

export const probeDefaults: ProbeConfig = { probes: Object.keys(probes), resamples: 1000, allowTrained: false }

export interface ProbeOptions {
  dataset: string
  split: string
  latent: string
  latents: string
  out: string
  config: Readonly<ProbeConfig>
  seed: number
  replace?: boolean
}

/**
 * Stage `probe`: fits each linear probe on the latents of the training part and scores it on the test part, whose logs it
 * never saw, against chance (Alain & Bengio 2016, https://arxiv.org/abs/1610.01644). Writes `metrics.parquet`.
 */
export async function runProbes(options: ProbeOptions): Promise<Manifest> {
  const { dataset, split, latent, latents, out, config, seed, replace } = options
  const inputs = { dataset, split, latent, latents }
  return runStage({ stage: 'probe', target: out, config, seed, inputs, replace }, async (work) => {
    const readSplitFolder = await readSplit(split)
    const { allowTrained } = config
    const compared = await refuseTrainedFrames({ models: { latent }, dataset, split, part: 'test', allowTrained })
    await carryCertificate(split, work)
    const chosen = config.probes.map(probeNamed)
    const features = await collectFeatures(options, readSplitFolder, chosen)
    const { dataset: datasetHash, split: splitHash, latent: run } = work.inputHashes
    const provenance = { dataset: datasetHash, split: splitHash, run }
    const bar = progress('probe', chosen.length, 'probes')
    const rows: MetricRow[] = []
    for (const [index, probe] of chosen.entries()) {
      const context = { rng: stream(seed, 'probe', probe.name), resamples: config.resamples, provenance }
      rows.push(...probeRows(probe, features, index, context))
      bar.tick(probe.name)
    }
    bar.stop()
    await writeMetrics(
      join(work.dir, 'metrics.parquet'),
      rows.map((row) => withRemark(row, compared.remark)),
    )
    work.detail('trainedFrames', compared)
    work.detail('features', features.train.width)
    work.detail('frames', { train: features.train.logs.length, test: features.test.logs.length })
  })
}

function probeNamed(key: string): Probe {
  const probe = (probes as Record<string, Probe>)[key]
  if (!probe) throw new UsageError(`no probe '${key}'`, { expected: Object.keys(probes).join(' | ') })
  return probe
}

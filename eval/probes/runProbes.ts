import { join } from 'node:path'
import { openLatents } from '../../models/latent/latentsFolder.js'
import { loadLatent } from '../../models/latent/load.js'
import { openDataset } from '../../pipeline/dataset.js'
import { UsageError } from '../../pipeline/errors.js'
import type { Manifest } from '../../pipeline/manifest.js'
import { progress } from '../../pipeline/progress.js'
import { carryCertificate } from '../../pipeline/splits/certificateFolder.js'
import { readSplit } from '../../pipeline/splits/readSplit.js'
import { runStage, type Work } from '../../pipeline/stage.js'
import { refuseStrangeFolders } from '../belongTogether.js'
import { type MetricRow, withRemark } from '../metricRow.js'
import { writeMetrics } from '../metricTable.js'
import { refuseTrainedFrames } from '../trainedFrames.js'
import { collectFeatures } from './features.js'
import type { Probe } from './probe.js'
import { probes } from './probes.js'
import { studies, studyNamed } from './studies.js'

export interface ProbeConfig {
  /** Linear probes, by registry key. */
  probes: readonly string[]
  /** What is asked of the latent, by registry key; some studies ask it of each probe. */
  studies: readonly string[]
  /** Bootstrap resamples over logs. */
  resamples: number
  /** Probe a latent on frames it may have been trained on, and say so beside every number. */
  allowTrained: boolean
}

export const probeDefaults: ProbeConfig = {
  probes: Object.keys(probes),
  studies: Object.keys(studies),
  resamples: 1000,
  allowTrained: false,
}

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
 * Stage `probe`: asks the latents of the test part, whose logs training never saw, what they tell. Each study fits on the
 * training part what it needs to fit. Writes `metrics.parquet`.
 */
export async function runProbes(options: ProbeOptions): Promise<Manifest> {
  const { dataset, split, latent, latents, out, config, seed, replace } = options
  const inputs = { dataset, split, latent, latents }
  return runStage({ stage: 'probe', target: out, config, seed, inputs, replace }, async (work) => {
    const { allowTrained } = config
    const compared = await refuseTrainedFrames({ models: { latent }, dataset, split, part: 'test', allowTrained })
    await refuseStrangeFolders({ latents }, work.inputHashes)
    await carryCertificate(split, work)
    const rows = await studied(options, work)
    await writeMetrics(
      join(work.dir, 'metrics.parquet'),
      rows.map((row) => withRemark(row, compared.remark)),
    )
    work.detail('trainedFrames', compared)
  })
}

async function studied(
  { dataset, split, latent, latents, config, seed }: ProbeOptions,
  work: Work,
): Promise<MetricRow[]> {
  const [probes, asked] = [config.probes.map(probeNamed), config.studies.map(studyNamed)]
  const opened = { dataset: await openDataset(dataset), latents: await openLatents(latents) }
  const { model } = await loadLatent(latent)
  try {
    const subject = { ...opened, split: await readSplit(split), model }
    const features = await collectFeatures(subject, probes)
    const { dataset: datasetHash, split: splitHash, latent: run } = work.inputHashes
    const provenance = { dataset: datasetHash, split: splitHash, run }
    const context = { ...subject, probes, features, seed, resamples: config.resamples, provenance }
    work.detail('features', features.train.width)
    work.detail('frames', { train: features.train.logs.length, test: features.test.logs.length })
    const bar = progress('probe', asked.length, 'studies')
    const rows: MetricRow[] = []
    for (const study of asked) {
      rows.push(...(await study.run(context)))
      bar.tick(study.name)
    }
    bar.stop()
    return rows
  } finally {
    model.dispose()
    await opened.latents.close()
    await opened.dataset.close()
  }
}

function probeNamed(key: string): Probe {
  const probe = (probes as Record<string, Probe>)[key]
  if (!probe) throw new UsageError(`no probe '${key}'`, { expected: Object.keys(probes).join(' | ') })
  return probe
}

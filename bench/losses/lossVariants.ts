import { join } from 'node:path'
import { type OccupancyBatch, occupancyBatch } from '../../models/batch.js'
import { type LatentConfig, latentDefaults, latentPresets } from '../../models/latent/config.js'
import { latentScore } from '../../models/latent/latentScore.js'
import { buildLatent, loadLatent } from '../../models/latent/load.js'
import { trainLatent } from '../../models/latent/train.js'
import { resolveConfig } from '../../pipeline/config.js'
import { openDataset } from '../../pipeline/dataset.js'
import { ingestDefaults } from '../../pipeline/ingest/config.js'
import { ingest } from '../../pipeline/ingest/ingest.js'
import { simulateDefaults, simulatePresets } from '../../pipeline/simulate/config.js'
import { simulate } from '../../pipeline/simulate/simulate.js'
import { splitDefaults, splitPresets } from '../../pipeline/splits/config.js'
import { readSplit } from '../../pipeline/splits/readSplit.js'
import { split } from '../../pipeline/splits/split.js'

/** Whatever the defaults have become. */
const plain: Partial<LatentConfig> = {
  ...{ reconstruction: 'crossEntropy', weighting: 'frequency' },
  ...{ lovaszWeight: 0, boundaryWeight: 0, labelSmoothing: 0 },
}

/** What each variant changes of the plain, class-weighted cross-entropy. */
export const lossVariants: Readonly<Record<string, Partial<LatentConfig>>> = {
  'cross-entropy': {},
  'focal, γ = 2': { reconstruction: 'focal' },
  'Lovász 0.5': { lovaszWeight: 0.5 },
  'Lovász 1': { lovaszWeight: 1 },
  'Lovász 1, of 32,768 voxels': { lovaszWeight: 1, lovaszVoxels: 32_768 },
  'Lovász 2': { lovaszWeight: 2 },
  'boundary 0.5': { boundaryWeight: 0.5 },
  'Lovász 1, boundary 0.5': { lovaszWeight: 1, boundaryWeight: 0.5 },
  'focal, Lovász 1': { reconstruction: 'focal', lovaszWeight: 1 },
  'effective number': { weighting: 'effectiveNumber' },
  'smoothed labels 0.05': { labelSmoothing: 0.05 },
}

/** Shares of the class weights that decoding takes back (`priorShift`) under which each variant is scored. */
export const shifts = [0, 0.5]

/** Of a trained latent, on the test part, under the policy `occlab`. */
export interface VariantScore {
  shift: number
  miou: number
  rareRecall: number
}

/** The demonstration's logs, on the compact grid, split by route: `dataset` and `split` in the folder. */
export async function demoData(folder: string): Promise<void> {
  const [logs, dataset] = ['logs', 'dataset'].map((name) => join(folder, name))
  const fleet = resolveConfig('simulate', simulateDefaults, simulatePresets, 'demo')
  await simulate({ out: logs, config: fleet, seed: 1, jobs: 2 })
  await ingest({ logs: [logs], out: dataset, config: ingestDefaults, jobs: 2 })
  const config = resolveConfig('split', splitDefaults, splitPresets, 'demo')
  await split({ dataset, out: join(folder, 'split'), config, seed: 1, replace: false })
}

/** Trains a variant for 300 steps in a folder with `demoData`, and scores it under each of `shifts`. */
export async function scoreVariant(folder: string, name: string, seed: number): Promise<VariantScore[]> {
  const [dataset, splitFolder, out] = ['dataset', 'split', `${name} ${seed}`].map((part) => join(folder, part))
  const change = { steps: 300, validateEvery: 300, validationFrames: 8, ...plain, ...lossVariants[name] }
  const config = resolveConfig('latent', latentDefaults, latentPresets, undefined, change)
  await trainLatent({ dataset, split: splitFolder, out, config, seed })
  return scoreOnTest(dataset, splitFolder, out)
}

async function scoreOnTest(dataset: string, splitFolder: string, latent: string): Promise<VariantScore[]> {
  const { model, spec } = await loadLatent(latent)
  const weights = model.parameters.values()
  model.dispose()
  const scored = shifts.map((shift) => {
    const shifted = { ...spec, config: { ...spec.config, priorShift: shift } }
    const decoder = buildLatent(shifted)
    decoder.parameters.load(weights, latent)
    return { shift, decoder, score: latentScore(decoder, shifted, 200) }
  })
  for await (const batch of testFrames(dataset, splitFolder)) for (const { score } of scored) score.add(batch)
  return scored.map(({ shift, decoder, score }) => {
    decoder.dispose()
    const { miou, rare_recall: rareRecall } = score.means()
    return { shift, miou, rareRecall }
  })
}

async function* testFrames(dataset: string, splitFolder: string): AsyncGenerator<OccupancyBatch> {
  const [opened, { logs, partOf }] = [await openDataset(dataset), await readSplit(splitFolder)]
  try {
    for (const logId of logs('test'))
      for await (const frame of opened.frames(logId)) {
        if (partOf(logId, frame.frameIndex) !== 'test') continue
        const batch = occupancyBatch([frame], opened.grid)
        yield batch
        batch.dispose()
      }
  } finally {
    await opened.close()
  }
}

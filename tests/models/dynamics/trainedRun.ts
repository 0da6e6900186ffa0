import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dynamicsDefaults, dynamicsPresets } from '../../../models/dynamics/config.js'
import type { TrainDynamicsOptions } from '../../../models/dynamics/train.js'
import { latentDefaults, latentPresets } from '../../../models/latent/config.js'
import { encodeDataset } from '../../../models/latent/encode.js'
import { trainLatent } from '../../../models/latent/train.js'
import { resolveConfig } from '../../../pipeline/config.js'
import { tempFolder } from '../../support/tempFolder.js'
import { splitStreets, writeStreets } from '../latent/streetDataset.js'

export const framesPerLog = 10

/** A configuration that trains in a second or two. */
export function tinyDynamics(change: Partial<typeof dynamicsDefaults> = {}) {
  return resolveConfig('dynamics', dynamicsDefaults, dynamicsPresets, 'tiny', { precision: 'float32', ...change })
}

/** All that `train dynamics` reads, made of a few frames of made-up streets, and a run folder to write. */
export async function dynamicsInputs(): Promise<TrainDynamicsOptions & { root: string }> {
  const root = tempFolder()
  const at = (name: string) => join(root, name)
  const [dataset, split, latent, latents] = ['dataset', 'split', 'latent', 'latents'].map(at)
  await writeStreets(dataset, framesPerLog)
  await setFrameRate(dataset, 10)
  await splitStreets(dataset, split)
  const config = resolveConfig('latent', latentDefaults, latentPresets, 'tiny', { precision: 'float32', steps: 2 })
  await trainLatent({ dataset, split, out: latent, config, seed: 1 })
  await encodeDataset({ dataset, latent, out: latents })
  return { root, dataset, split, latent, latents, out: at('run'), config: tinyDynamics(), seed: 1 }
}

/** Writes into a finished dataset's manifest what `ingest` would have; details enter no hash. */
async function setFrameRate(dataset: string, frameRateHz: number): Promise<void> {
  const file = join(dataset, 'manifest.json')
  const manifest = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...manifest, details: { ...manifest.details, frameRateHz } }))
}

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UsageError } from '../../pipeline/errors.js'
import { readManifest, verifyOutput } from '../../pipeline/manifest.js'
import { rawWeightsFile, weightsFile } from './keptWeights.js'
import { readSafetensors, writeSafetensors } from './safetensors.js'
import type { KeptWeights } from './training.js'

export interface ExportOptions {
  /** Run folder of `train latent` or `train dynamics`. */
  run: string
  /** File to write. */
  to: string
  /** Take the weights of the step itself where the run kept their running mean. */
  raw?: boolean
  replace?: boolean
}

export interface ExportedWeights {
  tensors: number
  /** Scalars in all of them. */
  parameters: number
  metadata: Readonly<Record<string, string>>
}

/**
 * Writes a run's weights as one safetensors file (https://huggingface.co/docs/safetensors) that says where they come
 * from. Same run, same bytes.
 *
 * Throws UsageError for a folder that is no training run, weights it does not have, or a file that exists; DataError
 * for damaged weights.
 */
export async function exportWeights({ run, to, raw, replace }: ExportOptions): Promise<ExportedWeights> {
  const manifest = await readManifest(run)
  const { stage, hash, details, outputs } = manifest
  if (!(weightsFile in outputs)) throw new UsageError('not a training run', { file: run, actual: stage })
  const name = raw ? rawWeightsFile : weightsFile
  if (!(name in outputs))
    throw new UsageError('the run kept no running mean, so its weights are the raw ones', { file: run, place: name })
  if (existsSync(to) && !replace)
    throw new UsageError('the file exists; choose another or pass --replace', { file: to })
  if (!existsSync(dirname(to))) throw new UsageError('no such folder', { file: dirname(to) })
  await verifyOutput(run, manifest, name)
  const { tensors, metadata } = await readSafetensors(join(run, name))
  const kept = details.weights as KeptWeights
  const weights = JSON.stringify(raw ? { ...kept, averaged: null } : kept)
  const origin = { made_by: 'occlab', stage, run: hash, weights }
  const all = { ...metadata, ...origin }
  await writeSafetensors(to, { tensors, metadata: all })
  const sizes = Object.values(tensors).map(({ values }) => values.length)
  return { tensors: sizes.length, parameters: sizes.reduce((sum, size) => sum + size, 0), metadata: all }
}

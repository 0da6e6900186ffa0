import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError, messageOf } from '../../pipeline/errors.js'
import { type Manifest, readManifest } from '../../pipeline/manifest.js'
import { writeAtomically } from '../../pipeline/stage.js'
import { precisionHere } from '../precision.js'
import { weightsFile } from '../training/keptWeights.js'
import { readSafetensors, writeSafetensors } from '../training/safetensors.js'
import type { LatentModel, LatentSpec } from './latentModel.js'
import { latentNamed } from './latents.js'
import { openLatent, parseSpec } from './openLatent.js'

const modelFile = 'model.json'

/** A trained latent, ready for use; the caller disposes the model. */
export interface LoadedLatent {
  model: LatentModel
  spec: LatentSpec
  manifest: Manifest
}

/** Builds the family that the configuration names. Throws UsageError for an unknown one. */
export function buildLatent(spec: LatentSpec): LatentModel {
  return latentNamed(spec.config.family)(spec)
}

/** Writes `model.json` and `weights.safetensors`. */
export async function saveLatent(dir: string, model: LatentModel, spec: LatentSpec): Promise<void> {
  await writeAtomically(join(dir, modelFile), `${JSON.stringify({ ...spec, shape: model.shape }, null, 2)}\n`)
  await writeSafetensors(join(dir, weightsFile), {
    tensors: model.parameters.values(),
    metadata: { family: spec.config.family, made_by: 'occlab train latent' },
  })
}

/** Opens a run folder of `train latent`. Throws DataError when it is not one, or a file of it is damaged. */
export async function loadLatent(dir: string): Promise<LoadedLatent> {
  const manifest = await readManifest(dir, 'train-latent')
  const spec = await readSpec(join(dir, modelFile))
  const file = join(dir, weightsFile)
  const { tensors } = await readSafetensors(file)
  return { model: openLatent(spec, tensors, file), spec, manifest }
}

async function readSpec(file: string): Promise<LatentSpec> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw new DataError('no readable model', { file, actual: messageOf(error), cause: error })
  })
  const spec = parseSpec(text, file)
  return { ...spec, precision: precisionHere(spec.precision) }
}

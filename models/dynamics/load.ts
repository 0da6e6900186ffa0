import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError, messageOf } from '../../pipeline/errors.js'
import { type Manifest, readManifest } from '../../pipeline/manifest.js'
import { writeAtomically } from '../../pipeline/stage.js'
import { weightsFile } from '../training/keptWeights.js'
import { readSafetensors, writeSafetensors } from '../training/safetensors.js'
import { dynamicsNamed } from './dynamics.js'
import type { DynamicsModel, DynamicsSpec } from './dynamicsModel.js'

const modelFile = 'model.json'

/** A trained dynamics model, ready for use; the caller disposes the model. */
export interface LoadedDynamics {
  model: DynamicsModel
  spec: DynamicsSpec
  manifest: Manifest
}

/** Builds the model that the configuration names. Throws UsageError for an unknown one. */
export function buildDynamics(spec: DynamicsSpec): DynamicsModel {
  return dynamicsNamed(spec.config.model)(spec)
}

/** Writes `model.json` and `weights.safetensors`. */
export async function saveDynamics(dir: string, model: DynamicsModel, spec: DynamicsSpec): Promise<void> {
  await writeAtomically(join(dir, modelFile), `${JSON.stringify(spec, null, 2)}\n`)
  await writeSafetensors(join(dir, weightsFile), {
    tensors: model.parameters.values(),
    metadata: { model: spec.config.model, made_by: 'occlab train dynamics' },
  })
}

/** Opens a run folder of `train dynamics`. Throws DataError when it is not one, or a file of it is damaged. */
export async function loadDynamics(dir: string): Promise<LoadedDynamics> {
  const manifest = await readManifest(dir, 'train-dynamics')
  return { ...(await readDynamics(dir)), manifest }
}

/** The model whose files lie in `dir`, whether or not the folder is a finished stage. */
export async function readDynamics(dir: string): Promise<Omit<LoadedDynamics, 'manifest'>> {
  const spec = await readSpec(join(dir, modelFile))
  const file = join(dir, weightsFile)
  const { tensors } = await readSafetensors(file)
  const model = buildDynamics(spec)
  try {
    model.parameters.load(tensors, file)
    return { model, spec }
  } catch (error) {
    model.dispose()
    throw error
  }
}

async function readSpec(file: string): Promise<DynamicsSpec> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new DataError('no readable model', { file, actual: messageOf(error), cause: error })
  }
}

import { DataError, messageOf } from '../../pipeline/errors.js'
import type { NamedTensors } from '../training/decodeSafetensors.js'
import { latentDefaults } from './config.js'
import type { LatentModel, LatentSpec } from './latentModel.js'
import { latentNamed } from './latents.js'

/**
 * What a run's `model.json` says, from its text; a model of before a setting was added has what that setting does by
 * default. Throws DataError that names `file`.
 */
export function parseSpec(text: string, file: string): LatentSpec {
  try {
    const { shape: _derived, ...spec } = JSON.parse(text)
    return { ...spec, config: { ...latentDefaults, ...spec.config } }
  } catch (error) {
    throw new DataError('no readable model', { file, actual: messageOf(error), cause: error })
  }
}

/**
 * The trained model of a run, from what its files hold, also in a browser; the caller disposes it.
 *
 * @param tensors what `decodeSafetensors` finds in `weights.safetensors`; `file` is its name for messages
 * @throws DataError where the weights are not this model's
 */
export function openLatent(spec: LatentSpec, tensors: NamedTensors, file: string): LatentModel {
  const model = latentNamed(spec.config.family)(spec)
  try {
    model.parameters.load(tensors, file)
    return model
  } catch (error) {
    model.dispose()
    throw error
  }
}

import type { DataTypeMap, Tensor } from '@tensorflow/tfjs-core'
import { occupancyBatch } from '../../../models/batch.js'
import { tf } from '../../../models/engine/tensorflow.js'
import type { LatentModel } from '../../../models/latent/latentModel.js'
import { openLatent, parseSpec } from '../../../models/latent/openLatent.js'
import { AdamW } from '../../../models/training/adamw.js'
import { decodeSafetensors } from '../../../models/training/decodeSafetensors.js'
import { gradientOf } from '../../../models/training/gradient.js'
import { streetFrame } from '../latent/scenes.js'

/** A trained model as its files hold it. */
export interface ModelFiles {
  /** `model.json`. */
  spec: string
  /** `weights.safetensors`. */
  weights: Uint8Array
}

/** What a model says of one frame. */
export interface ModelOutputs {
  /** [1, h, w, c] */
  mean: Float32Array
  /** [1, X, Y, Z, K] */
  logits: Float32Array
  /** Logits seen from above, [1, X, Y, K], and pooled features of the mean, [1, d]. */
  bev: Float32Array
  features: Float32Array
  /** [1, X, Y, Z] */
  classes: Int32Array
  /** The flat gradient of the training loss, [P]. */
  gradient: Float32Array
  /** The training loss, and again after one step of AdamW on it. */
  losses: Float32Array
  /** The backend it ran on, and the tensors that were left when all was disposed. */
  backend: string
  leaked: number
}

/** Runs the model on the backend in use, on a frame that it was not trained on. Runs in Node and in a page. */
export function modelOutputs({ spec: text, weights }: ModelFiles): ModelOutputs {
  const before = tf.memory().numTensors
  const spec = parseSpec(text, 'model.json')
  const model = openLatent(spec, decodeSafetensors(weights, 'weights').tensors, 'weights')
  const batch = occupancyBatch([streetFrame(spec.grid, 2, 'held out')], spec.grid)
  const decoded = tf.tidy(() => {
    const mode = model.encode(batch).mode()
    const [logits, bev] = (['occupancy', 'bev'] as const).map((target) => model.decode(mode, target))
    const [classes, features] = [model.classes(mode), model.probe(mode)]
    const read = <T extends 'float32' | 'int32'>(tensor: Tensor) => tensor.dataSync<T>().slice() as DataTypeMap[T]
    return {
      ...{ mean: read<'float32'>(mode), logits: read<'float32'>(logits), bev: read<'float32'>(bev) },
      ...{ features: read<'float32'>(features), classes: read<'int32'>(classes) },
    }
  })
  const { gradient, losses } = oneStep(model, spec.config, () => model.loss(batch, 3))
  batch.dispose()
  model.dispose()
  return { ...decoded, gradient, losses, backend: tf.getBackend(), leaked: tf.memory().numTensors - before }
}

function oneStep(
  { parameters }: LatentModel,
  config: ConstructorParameters<typeof AdamW>[1],
  loss: Parameters<typeof gradientOf>[1],
) {
  const { gradient, names, values } = gradientOf(parameters, loss)
  const optimiser = new AdamW(parameters, config)
  optimiser.apply(gradient, values[names.indexOf('gradient_norm')], 1e-3, 0)
  const after = tf.tidy(() => loss().total.dataSync()[0])
  const flat = gradient.dataSync<'float32'>().slice()
  optimiser.dispose()
  gradient.dispose()
  return { gradient: flat, losses: Float32Array.of(values[names.indexOf('total')], after) }
}

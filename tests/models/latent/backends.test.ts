import { afterEach, expect, test } from 'vitest'
import { occupancyBatch } from '../../../models/batch.js'
import { hasOwnKernels, tf } from '../../../models/engine/tensorflow.js'
import { classWeights, countClasses } from '../../../models/latent/classWeights.js'
import { type LatentConfig, latentDefaults, latentPresets } from '../../../models/latent/config.js'
import type { LatentSpec } from '../../../models/latent/latentModel.js'
import { buildLatent } from '../../../models/latent/load.js'
import { gradientOf } from '../../../models/training/gradient.js'
import { gridNamed } from '../../../pipeline/grid.js'
import { streetFrame, taxonomy, tinyGrid } from './scenes.js'

afterEach(() => tf.setBackend('tensorflow'))

const frames = [0, 1].map((i) => streetFrame(tinyGrid, 1, `log ${i}`))

function specOf(precision: LatentSpec['precision'], change: Partial<LatentConfig> = {}): LatentSpec {
  const config = { ...latentDefaults, ...latentPresets.tiny, encoderBlocks: 1, klWarmupSteps: 1, ...change }
  const classCounts = taxonomy.classes.map(() => 0)
  for (const frame of frames) countClasses(classCounts, frame, false)
  const weights = classWeights(classCounts, taxonomy, config)
  return { config, grid: tinyGrid, taxonomy, classCounts, classWeights: weights, precision, seed: 5 }
}

/** Loss, flat gradient, latent and classes of one model; its residual branches made to take part. */
async function resultsOn(backend: string, precision: LatentSpec['precision']) {
  await tf.setBackend(backend)
  const model = buildLatent(specOf(precision))
  const batch = occupancyBatch(frames, tinyGrid)
  for (const { name, variable } of model.parameters.all)
    if (name.endsWith('second.filter')) tf.tidy(() => variable.assign(tf.fill(variable.shape, 0.01)))
  const { gradient, names, values } = gradientOf(model.parameters, () => model.loss(batch, 3))
  const [flat, loss] = [gradient.dataSync(), values[names.indexOf('total')]]
  const [latent, classes] = tf.tidy(() => {
    const mode = model.encode(batch).mode()
    return [mode.dataSync(), model.classes(mode).dataSync()]
  })
  gradient.dispose()
  batch.dispose()
  model.dispose()
  return { flat, loss, latent, classes }
}

function angleCosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>) => {
    let sum = 0
    for (let i = 0; i < x.length; i++) sum += x[i] * y[i]
    return sum
  }
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

test('one model, by our own kernels and by tfjs on its CPU backend: loss, gradient, latent and classes agree', async () => {
  expect(hasOwnKernels()).toBe(true)
  const [native, portable] = [await resultsOn('tensorflow', 'float32'), await resultsOn('cpu', 'float32')]
  expect(Math.abs(native.loss - portable.loss)).toBeLessThan(1e-4)
  expect(Math.max(...native.latent.map((z, i) => Math.abs(z - portable.latent[i])))).toBeLessThan(1e-3)
  expect(Math.max(...native.flat.map((g, i) => Math.abs(g - portable.flat[i])))).toBeLessThan(1e-3)
  expect(native.classes).toEqual(portable.classes)
})

test('in bfloat16 the loss is within a hundredth of float32, and the gradient points the same way', async () => {
  const [half, full] = [await resultsOn('tensorflow', 'bfloat16'), await resultsOn('tensorflow', 'float32')]
  expect(Math.abs(half.loss / full.loss - 1)).toBeLessThan(0.01)
  expect(half.loss).not.toBe(full.loss)
  expect(angleCosine(half.flat, full.flat)).toBeGreaterThan(0.99)
})

test.each([
  ['occ3d', [50, 50, 16]],
  ['occ3dCoarse', [25, 25, 32]],
] as const)('preset %s has a map of %o on the Occ3D grid', (preset, shape) => {
  const model = buildLatent({ ...specOf('float32', latentPresets[preset]), grid: gridNamed('occ3d') })
  expect(model.shape).toEqual(shape)
  model.dispose()
})

import type { Tensor3D } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { dynamicsDefaults } from '../../../models/dynamics/config.js'
import { forecast } from '../../../models/dynamics/forecast.js'
import { buildDynamics } from '../../../models/dynamics/load.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { AdamW } from '../../../models/training/adamw.js'
import { EpochSampler } from '../../../models/training/epochSampler.js'
import { gradientOf } from '../../../models/training/gradient.js'
import { learningRateAt } from '../../../models/training/schedule.js'
import { blobChannels, blobFrame, blobWindows } from './blobWorld.js'

const [past, future, steps, batch] = [3, 3, 100, 4]
const config = { ...dynamicsDefaults, past, future, steps, batch, state: 20, warmupSteps: 10 }
const statistics = { mean: [0, 0, 0], std: [0.3, 0.3, 0.3], noise: [0, 0, 0] }
const shape = { frame: blobFrame, channels: blobChannels, statistics, precision: 'float32' } as const

test('trained on moving blobs it beats the warped last latent on worlds it never saw', () => {
  const model = buildDynamics({ config, shape, latent: 'none', seed: 1 })
  const [shown, unseen] = [blobWindows(1, 60, past + future), blobWindows(2, 16, past + future)]
  const [seen, truth] = tf.split(unseen.z, [past, future], 1)
  const [before, after] = tf.split(unseen.actions, [past, future], 1) as Tensor3D[]
  const errors = () =>
    tf.tidy(() => [
      ...tf.mean(tf.square(tf.sub(forecast(model, seen as never, before, after), truth)), [0, 2, 3, 4]).dataSync(),
    ])
  const warped = errors()
  const optimiser = new AdamW(model.parameters, config)
  const sampler = new EpochSampler(60, batch, 1)
  for (let step = 0; step < steps; step++) {
    const { gradient, names, values } = gradientOf(model.parameters, () => {
      const chosen = tf.tensor1d(sampler.at(step), 'int32')
      return model.loss({ z: tf.gather(shown.z, chosen), actions: tf.gather(shown.actions, chosen), past, seed: step })
    })
    optimiser.apply(gradient, values[names.indexOf('gradient_norm')], learningRateAt(step, config), step)
    gradient.dispose()
  }
  const trained = errors()
  // Part of the error is gone at every step: of the movers' share, and of the blur of interpolation.
  trained.forEach((error, t) => {
    expect(error, `step ${t + 1}`).toBeLessThan(0.85 * warped[t])
  })
  optimiser.dispose()
  model.dispose()
})

import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core'
import { afterEach, describe, expect, test } from 'vitest'
import { type DynamicsConfig, dynamicsDefaults } from '../../../models/dynamics/config.js'
import { dynamics } from '../../../models/dynamics/dynamics.js'
import type { DynamicsModel, DynamicsSpec } from '../../../models/dynamics/dynamicsModel.js'
import { forecast } from '../../../models/dynamics/forecast.js'
import { buildDynamics, readDynamics, saveDynamics } from '../../../models/dynamics/load.js'
import { composeMotion, samplingOf, warp } from '../../../models/dynamics/warp.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { AdamW } from '../../../models/training/adamw.js'
import { gradientOf } from '../../../models/training/gradient.js'
import { tempFolder } from '../../support/tempFolder.js'
import { blobChannels, blobFrame, blobWindows } from './blobWorld.js'

const [past, future] = [3, 2]
const windows = blobWindows(5, 2, past + future)
const [seen, ahead] = [tf.slice(windows.z, [0, 0, 0, 0, 0], [-1, past, -1, -1, -1]), windows.z.shape.slice(2)]
const [before, after] = tf.split(windows.actions, [past, future], 1) as Tensor3D[]
const batch = { ...windows, past, seed: 1 }
const open: DynamicsModel[] = []

afterEach(() => {
  for (const model of open.splice(0)) model.dispose()
})

function specOf(model: string, some: Partial<DynamicsConfig> = {}): DynamicsSpec {
  const config = { ...dynamicsDefaults, model, past, future, state: 8, stochastic: 2, ...some }
  const statistics = { mean: [0.1, 0, 0.2], std: [0.3, 0.4, 0.3], noise: [0.01, 0.01, 0.01] }
  const shape = { frame: blobFrame, channels: blobChannels, statistics, precision: 'float32' } as const
  return { config, shape, latent: 'none', seed: 4 }
}

function build(spec: DynamicsSpec): DynamicsModel {
  const model = buildDynamics(spec)
  open.push(model)
  return model
}

/** Takes a few optimiser steps on the one batch; returns the totals. */
function descend(model: DynamicsModel, steps: number, learningRate = 5e-3): number[] {
  const optimiser = new AdamW(model.parameters, { ...dynamicsDefaults, weightDecay: 0 })
  const totals = Array.from({ length: steps }, (_, step) => {
    const { gradient, names, values } = gradientOf(model.parameters, () => model.loss(batch))
    optimiser.apply(gradient, values[names.indexOf('gradient_norm')], learningRate, step)
    gradient.dispose()
    return values[names.indexOf('total')]
  })
  optimiser.dispose()
  return totals
}

const values = (make: () => { dataSync(): ArrayLike<number> }) => tf.tidy(() => Float32Array.from(make().dataSync()))
const forecastOf = (model: DynamicsModel, seed?: number) => values(() => forecast(model, seen, before, after, seed))

describe.each(Object.keys(dynamics))('%s', (name) => {
  test('carries and forecasts have the shapes of the contract', () => {
    const model = build(specOf(name))
    tf.tidy(() => {
      const carry = model.initial(2)
      const next = model.observe(
        carry,
        tf.squeeze(tf.slice(seen, [0, 0, 0, 0, 0], [-1, 1, -1, -1, -1]), [1]) as Tensor4D,
        tf.zeros([2, 5]) as Tensor2D,
      )
      expect(Object.keys(next).sort()).toEqual(Object.keys(carry).sort())
      for (const [key, tensor] of Object.entries(next)) expect(tensor.shape, key).toEqual(carry[key].shape)
      const { z, carry: last } = model.imagine(next, after)
      expect(z.shape).toEqual([2, future, ...ahead])
      for (const [key, tensor] of Object.entries(last)) expect(tensor.shape, key).toEqual(carry[key].shape)
    })
  })

  test('imagining in two goes is imagining in one: all it knows is in the carry', () => {
    const model = build(specOf(name))
    descend(model, 3)
    const [first, second] = tf.split(after, 2, 1) as Tensor3D[]
    const inTwo = values(() => {
      const carry = observeAll(model)
      const half = model.imagine(carry, first)
      return tf.concat([half.z, model.imagine(half.carry, second).z], 1)
    })
    expect(inTwo).toEqual(forecastOf(model))
  })

  test('untrained, it forecasts the last latent warped by the ego motion', () => {
    const model = build(specOf(name))
    const forecasts = values(() => tf.unstack(forecast(model, seen, before, after), 1)[1])
    const { expected, inside } = tf.tidy(() => {
      const last = tf.unstack(seen, 1)[past - 1] as Tensor4D
      const [one, two] = (tf.unstack(after, 1) as Tensor2D[]).map(
        (action) => tf.gather(action, [0, 1, 3], 1) as Tensor2D,
      )
      const sampling = samplingOf(composeMotion(one, two), blobFrame)
      const mask = tf.tile(tf.equal(sampling.inside, 1), [1, 1, 1, blobChannels])
      return { expected: Float32Array.from(warp(last, sampling).dataSync()), inside: mask.dataSync() }
    })
    let compared = 0
    forecasts.forEach((value, i) => {
      if (!inside[i]) return
      compared++
      expect(value).toBeCloseTo(expected[i], 4)
    })
    expect(compared).toBeGreaterThan(forecasts.length / 2)
  })

  test('the motion into the first frame has no effect', () => {
    const model = build(specOf(name))
    descend(model, 3)
    const other = tf.tidy(() => {
      const nudge = tf.tensor3d(
        Array.from({ length: 2 * past * 5 }, (_, i) => (i % (past * 5) < 5 ? 3 : 0)),
        [2, past, 5],
      )
      return Float32Array.from(forecast(model, seen, tf.add(before, nudge), after).dataSync())
    })
    expect(other).toEqual(forecastOf(model))
  })

  test('the same seed gives the same numbers, another seed others', () => {
    const [a, b, c] = [4, 4, 5].map((seed) => build({ ...specOf(name), seed }))
    const [losses, same, others] = [a, b, c].map((model) => descend(model, 3))
    expect(same).toEqual(losses)
    expect(others).not.toEqual(losses)
    expect(forecastOf(b)).toEqual(forecastOf(a))
    expect(forecastOf(a, 7)).toEqual(forecastOf(b, 7))
    expect(forecastOf(a, 8)).not.toEqual(forecastOf(a, 7))
    expect(forecastOf(a, 7)).not.toEqual(forecastOf(a))
  })

  test('no verb leaks a tensor', () => {
    const model = build(specOf(name))
    descend(model, 1)
    const count = tf.memory().numTensors
    descend(model, 2)
    forecastOf(model)
    tf.tidy(() => void model.loss(batch))
    const carry = model.initial(2)
    const kept = tf.memory().numTensors
    const next = tf.tidy(() => model.observe(carry, tf.unstack(seen, 1)[0] as Tensor4D, tf.zeros([2, 5]) as Tensor2D))
    expect(tf.memory().numTensors - kept).toBe(Object.keys(carry).length)
    tf.dispose([...Object.values(carry), ...Object.values(next)])
    expect(tf.memory().numTensors).toBe(count)
    const another = buildDynamics(specOf(name))
    another.dispose()
    expect(tf.memory().numTensors).toBe(count)
  })

  test('saved and loaded it forecasts the same', async () => {
    const dir = tempFolder()
    const spec = specOf(name)
    const model = build(spec)
    descend(model, 3)
    await saveDynamics(dir, model, spec)
    const loaded = await readDynamics(dir)
    open.push(loaded.model)
    expect(loaded.spec).toEqual(spec)
    expect(forecastOf(loaded.model)).toEqual(forecastOf(model))
  })

  test('overfits one batch', () => {
    const model = build(specOf(name, { state: 16, klWeight: 0 }))
    const totals = descend(model, 60)
    expect(totals[59]).toBeLessThan(0.35 * totals[0])
  })
})

function observeAll(model: DynamicsModel) {
  const actions = tf.unstack(before, 1) as Tensor2D[]
  return (tf.unstack(seen, 1) as Tensor4D[]).reduce(
    (carry, z, t) => model.observe(carry, z, actions[t]),
    model.initial(2) as ReturnType<DynamicsModel['observe']>,
  )
}

import type { Tensor } from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { type OccupancyBatch, occupancyBatch } from '../../../models/batch.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { classWeights, countClasses } from '../../../models/latent/classWeights.js'
import { latentDefaults, latentPresets } from '../../../models/latent/config.js'
import type { LatentModel, LatentSpec } from '../../../models/latent/latentModel.js'
import { latents } from '../../../models/latent/latents.js'
import { buildLatent } from '../../../models/latent/load.js'
import { AdamW } from '../../../models/training/adamw.js'
import { gradientOf } from '../../../models/training/gradient.js'
import { streetFrame, taxonomy, tinyGrid } from './scenes.js'

const K = taxonomy.classes.length
const frames = [0, 1, 2].map((i) => streetFrame(tinyGrid, 1, `log ${i}`))

function specOf(family: string, change: Partial<LatentSpec['config']> = {}): LatentSpec {
  const config = { ...latentDefaults, ...latentPresets.tiny, family, klWarmupSteps: 1, ...change }
  const classCounts = taxonomy.classes.map(() => 0)
  for (const frame of frames) countClasses(classCounts, frame, false)
  const weights = classWeights(classCounts, taxonomy, config)
  return { config, grid: tinyGrid, taxonomy, classCounts, classWeights: weights, precision: 'float32', seed: 5 }
}

function values(tensor: Tensor): number[] {
  return [...tensor.dataSync()]
}

function overfit(model: LatentModel, batch: OccupancyBatch, steps: number): void {
  const optimiser = new AdamW(model.parameters, { ...latentDefaults, weightDecay: 0 })
  for (let step = 0; step < steps; step++) {
    const { gradient, names, values } = gradientOf(model.parameters, () => model.loss(batch, step))
    optimiser.apply(gradient, values[names.indexOf('gradient_norm')], 0.005, step)
    gradient.dispose()
  }
  optimiser.dispose()
}

describe.each(Object.keys(latents))('%s', (family) => {
  test('shapes: latent, logits of both targets, probe features, loss', () => {
    const model = buildLatent(specOf(family))
    const batch = occupancyBatch(frames, tinyGrid)
    const [h, w, c] = model.shape
    tf.tidy(() => {
      const code = model.encode(batch)
      for (const map of [code.sample(1), code.mode(), code.logvar(), code.kl()]) expect(map.shape).toEqual([3, h, w, c])
      expect(model.decode(code.mode(), 'occupancy').shape).toEqual([3, ...tinyGrid.dims, K])
      expect(model.decode(code.mode(), 'bev').shape).toEqual([3, tinyGrid.dims[0], tinyGrid.dims[1], K])
      expect(model.probe(code.mode()).shape[0]).toBe(3)
      expect(model.probe(code.mode()).rank).toBe(2)
      const { total, terms, weights } = model.loss(batch, 10)
      const sum = Object.entries(terms).reduce((s, [name, term]) => s + weights[name] * values(term)[0], 0)
      expect(values(total)[0]).toBeCloseTo(sum, 5)
    })
    batch.dispose()
    model.dispose()
  })

  test('the seed decides everything: same seed same numbers, another seed others', () => {
    const lossOf = (seed: number, step: number) => {
      const model = buildLatent({ ...specOf(family), seed })
      const batch = occupancyBatch(frames, tinyGrid)
      const total = tf.tidy(() => values(model.loss(batch, step).total)[0])
      batch.dispose()
      model.dispose()
      return total
    }
    expect(lossOf(5, 7)).toBe(lossOf(5, 7))
    expect(lossOf(6, 7)).not.toBe(lossOf(5, 7))
  })

  test('no tensor is left behind by any verb, nor by the model', () => {
    const before = tf.memory().numTensors
    const model = buildLatent(specOf(family))
    const batch = occupancyBatch(frames, tinyGrid)
    const during = tf.memory().numTensors
    const made: Tensor[] = []
    const code = model.encode(batch)
    made.push(code.sample(1), code.mode(), code.logvar(), code.kl())
    made.push(model.decode(made[1] as never, 'occupancy'), model.decode(made[1] as never, 'bev'))
    made.push(model.probe(made[1] as never))
    // What the code itself holds: its moments, or indices.
    const held = tf.memory().numTensors - during - made.length
    expect(held).toBeLessThanOrEqual(2)
    tf.dispose([...made, ...(Object.values(code).filter((v) => v instanceof tf.Tensor) as Tensor[])])
    expect(tf.memory().numTensors).toBe(during)
    for (const step of [0, 1]) gradientOf(model.parameters, () => model.loss(batch, step)).gradient.dispose()
    expect(tf.memory().numTensors).toBe(during)
    batch.dispose()
    model.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  test('another model with the same values gives the same output', () => {
    const [model, copy] = [buildLatent(specOf(family)), buildLatent({ ...specOf(family), seed: 99 })]
    const batch = occupancyBatch(frames, tinyGrid)
    copy.parameters.load(model.parameters.values(), 'memory')
    const [a, b] = [model, copy].map((m) => tf.tidy(() => values(m.decode(m.encode(batch).mode(), 'occupancy'))))
    expect(a).toEqual(b)
    expect(() => copy.parameters.load({}, 'memory')).toThrow('a parameter is missing')
    batch.dispose()
    model.dispose()
    copy.dispose()
  })

  test('it overfits one batch: nearly every observed voxel comes back', () => {
    const model = buildLatent(specOf(family, { width: 32, beta: 1e-4 }))
    const batch = occupancyBatch(frames, tinyGrid)
    overfit(model, batch, 250)
    const right = tf.tidy(() => {
      const predicted = tf.argMax(model.decode(model.encode(batch).mode(), 'occupancy'), -1)
      const hits = tf.mul(tf.cast(tf.equal(predicted, batch.semantics), 'int32'), batch.observed)
      return values(tf.sum(hits))[0] / values(tf.sum(batch.observed))[0]
    })
    expect(right).toBeGreaterThan(0.97)
    batch.dispose()
    model.dispose()
  })

  test('what no sensor saw changes neither the latent nor the loss', () => {
    const model = buildLatent(specOf(family))
    const hidden = frames.map((frame) => ({
      ...frame,
      semantics: frame.semantics.map((label, i) => ((frame.observed[i >> 3] >> (i & 7)) & 1 ? label : (label + 1) % K)),
    }))
    const [a, b] = [frames, hidden].map((some) => {
      const batch = occupancyBatch(some, tinyGrid)
      const result = tf.tidy(() => [...values(model.encode(batch).mode()), ...values(model.loss(batch, 3).total)])
      batch.dispose()
      return result
    })
    expect(a).toEqual(b)
    model.dispose()
  })

  test('a grid that its cells do not divide is refused', () => {
    expect(() => buildLatent(specOf(family, { patch: 3 }))).toThrow(/expected a divisor of 16, found 3/)
  })
})

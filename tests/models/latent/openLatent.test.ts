import { expect, test } from 'vitest'
import { tf } from '../../../models/engine/tensorflow.js'
import { latentDefaults, latentPresets } from '../../../models/latent/config.js'
import type { LatentSpec } from '../../../models/latent/latentModel.js'
import { openLatent, parseSpec } from '../../../models/latent/openLatent.js'
import { DataError, UsageError } from '../../../pipeline/errors.js'
import { taxonomy, tinyGrid } from './scenes.js'

const counts = taxonomy.classes.map(() => 1)
const spec: LatentSpec = {
  config: { ...latentDefaults, ...latentPresets.tiny },
  ...{ grid: tinyGrid, taxonomy, classCounts: counts, classWeights: counts, precision: 'float32', seed: 5 },
}

test('a model of before a setting was added has its default, and the shape is worked out again', () => {
  const { lovaszWeight: _added, ...older } = spec.config
  const text = JSON.stringify({ ...spec, config: older, shape: [8, 8, 4] })
  expect(parseSpec(text, 'model.json')).toEqual({ ...spec, config: { ...spec.config, lovaszWeight: 1 } })
})

test.each(['{"config": ', 'null'])('what is no model is refused by the name of its file: %s', (text) => {
  expect(() => parseSpec(text, 'run/model.json')).toThrow(DataError)
  expect(() => parseSpec(text, 'run/model.json')).toThrow(/run\/model\.json/)
})

test('weights that are not this model’s are refused, and nothing is left of it', () => {
  tf.getBackend()
  const before = tf.memory().numTensors
  for (const named of [/run\/weights/, /encoder\.embedding/])
    expect(() => openLatent(spec, {}, 'run/weights')).toThrow(named)
  expect(tf.memory().numTensors).toBe(before)
  expect(() => openLatent({ ...spec, config: { ...spec.config, family: 'none' } }, {}, 'w')).toThrow(UsageError)
})

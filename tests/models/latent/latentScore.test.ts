import { expect, test } from 'vitest'
import { occupancyBatch } from '../../../models/batch.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { latentDefaults, latentPresets } from '../../../models/latent/config.js'
import { latentScore } from '../../../models/latent/latentScore.js'
import { buildLatent } from '../../../models/latent/load.js'
import { VoxelTally } from '../../../models/latent/voxelTally.js'
import { unpackBits, voxelCount } from '../../../pipeline/grid.js'
import { streetFrame, taxonomy, tinyGrid } from './scenes.js'

const frames = [0, 1, 2].map((i) => streetFrame(tinyGrid, 1, `log ${i}`))
const specOf = (change = {}) => ({
  config: { ...latentDefaults, ...latentPresets.tiny, ...change },
  ...{ grid: tinyGrid, taxonomy, classCounts: taxonomy.classes.map(() => 1), precision: 'float32' as const, seed: 5 },
  classWeights: taxonomy.classes.map((_, k) => 1 + (k % 3)),
})

function scored(change = {}) {
  const spec = specOf(change)
  const model = buildLatent(spec)
  const [all, some] = [frames, frames.slice(0, 2)].map((of) => occupancyBatch(of, tinyGrid))
  const before = tf.memory().numTensors
  const score = latentScore(model, spec, 5)
  score.add(all)
  score.add(some)
  expect(tf.memory().numTensors).toBe(before)
  const predictions = tf.tidy(() => [...tf.argMax(model.decode(model.encode(all).mode(), 'occupancy'), -1).dataSync()])
  all.dispose()
  some.dispose()
  model.dispose()
  return { means: score.means(), predictions }
}

test('it scores what the model decodes over all batches together, and leaves no tensor', () => {
  const { means, predictions } = scored()
  const tally = new VoxelTally(tinyGrid, taxonomy)
  const V = voxelCount(tinyGrid)
  for (const i of [0, 1, 2, 0, 1])
    tally.add({
      truth: frames[i].semantics,
      predicted: predictions.slice(i * V, (i + 1) * V),
      nats: new Float32Array(V),
      counted: unpackBits(frames[i].observed, V),
    })
  const expected = tally.means()
  for (const name of Object.keys(expected).filter((name) => !name.includes('loss')))
    expect(means[name], name).toBe(expected[name])
  for (const name of ['class_loss/free', 'ring_loss/0-10m', 'mutual_information', 'active_units_covariance'])
    expect(Number.isFinite(means[name]), name).toBe(true)
})

test('the loss of a class is that of the trained logits, whatever share decoding takes off them', () => {
  const [none, all] = [0, 1].map((priorShift) => scored({ priorShift }).means)
  for (const name of Object.keys(none).filter((name) => name.includes('_loss/')))
    expect(all[name]).toBeCloseTo(none[name], 4)
  expect(all.miou).not.toBe(none.miou)
})

test('the same seed says the same, to the last bit', () => {
  expect(scored()).toEqual(scored())
})

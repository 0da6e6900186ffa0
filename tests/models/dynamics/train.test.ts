import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Tensor3D, Tensor5D } from '@tensorflow/tfjs-core'
import { beforeAll, expect, test, vi } from 'vitest'
import { forecast } from '../../../models/dynamics/forecast.js'
import { loadDynamics } from '../../../models/dynamics/load.js'
import { trainDynamics } from '../../../models/dynamics/train.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { encodeDataset } from '../../../models/latent/encode.js'
import { trainLatent } from '../../../models/latent/train.js'
import { EpochSampler } from '../../../models/training/epochSampler.js'
import { readHistory } from '../../../models/training/history.js'
import { readManifest } from '../../../pipeline/manifest.js'
import type { Range } from '../../../pipeline/splits/ranges.js'
import { readSplit } from '../../../pipeline/splits/readSplit.js'
import { dynamicsInputs, framesPerLog, tinyDynamics } from './trainedRun.js'

const files = ['certificate.json', 'history.parquet', 'model.json', 'trained.arrow', 'weights.safetensors']
const bytesOf = (dir: string, name: string) => readFile(join(dir, name))

beforeAll(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})

test('a run leaves weights, model and history, and says what it saw', async () => {
  const at = await dynamicsInputs()
  const before = tf.memory().numTensors
  const manifest = await trainDynamics(at)
  expect(tf.memory().numTensors).toBe(before)
  expect(Object.keys(manifest.outputs).sort()).toEqual(files)
  const split = await readSplit(at.split)
  const perLog = framesPerLog - (at.config.past + at.config.future) + 1
  expect(manifest.details).toMatchObject({
    model: 'rssm',
    windows: { train: perLog * split.logs('train').length, val: perLog * split.logs('val').length },
    leftOut: { train: { border: 0, gap: 0, shortLogs: 0 }, val: { border: 0, gap: 0, shortLogs: 0 } },
    gainOverWarp: { train: [expect.any(Number), expect.any(Number)] },
    health: { ok: expect.any(Boolean) },
  })
  const trainedOn = manifest.details.trainedOn as Record<string, Range[]>
  expect(trainedOn).toEqual(Object.fromEntries(split.logs('train').map((log) => [log, [[0, framesPerLog - 1]]])))
  const rows = await readHistory(join(at.out, 'history.parquet'))
  for (const name of ['open', 'closed', 'kl', 'decoded', 'open_step/1', 'warp_step/0'])
    for (const part of ['train', 'val'])
      expect(
        rows.some((row) => row.name === name && row.part === part),
        `${part} ${name}`,
      ).toBe(true)
})

test('a run killed half-way and started again leaves the bytes of one that was not; so does one without a cache', async () => {
  const at = { ...(await dynamicsInputs()), config: tinyDynamics({ steps: 5, checkpointEvery: 2 }) }
  await trainDynamics(at)
  const killed = { ...at, out: join(at.root, 'killed'), cacheMb: 0 }
  const original = EpochSampler.prototype.at
  let [steps, isKilled] = [[] as number[], true]
  const sampler = vi.spyOn(EpochSampler.prototype, 'at').mockImplementation(function (this: EpochSampler, step) {
    steps.push(step)
    if (isKilled && step === 3) throw new Error('killed')
    return original.call(this, step)
  })
  await expect(trainDynamics(killed)).rejects.toThrow('killed')
  ;[steps, isKilled] = [[], false]
  await trainDynamics(killed)
  sampler.mockRestore()
  expect(steps).toEqual([2, 3, 4])
  for (const name of files) expect((await bytesOf(killed.out, name)).equals(await bytesOf(at.out, name))).toBe(true)
})

test('a loaded model forecasts what it is asked for', async () => {
  const at = { ...(await dynamicsInputs()), config: tinyDynamics({ decodedWeight: 0 }) }
  const trained = await trainDynamics(at)
  const { model, spec, manifest } = await loadDynamics(at.out)
  expect(manifest.hash).toBe(trained.hash)
  expect(spec.latent).toBe((await readManifest(at.latent)).hash)
  expect(spec.shape).toMatchObject({ channels: 4, frame: { h: 8, w: 8, cellM: [1.6, 1.6], ego: [3.5, 3.5] } })
  tf.tidy(() => {
    const z = tf.randomNormal([2, 3, 8, 8, 4], 0, 1, 'float32', 1) as Tensor5D
    const [before, after] = [tf.zeros([2, 3, 5]), tf.zeros([2, 4, 5])] as Tensor3D[]
    const ahead = forecast(model, z, before, after)
    expect(ahead.shape).toEqual([2, 4, 8, 8, 4])
    expect([...ahead.dataSync()].every(Number.isFinite)).toBe(true)
  })
  model.dispose()
})

test('folders that do not belong together are refused', async () => {
  const at = await dynamicsInputs()
  const other = await dynamicsInputs()
  // Another latent of the same dataset: same shapes, another meaning.
  const { config } = await readManifest(at.latent)
  await trainLatent({ ...at, out: join(at.root, 'latent2'), config: config as never, seed: 2 })
  await encodeDataset({ dataset: at.dataset, latent: join(at.root, 'latent2'), out: join(at.root, 'latents2') })
  const mixed = trainDynamics({ ...at, latents: join(at.root, 'latents2') })
  await expect(mixed).rejects.toThrow('another latent made the latents')
  await expect(trainDynamics({ ...at, dataset: other.root })).rejects.toMatchObject({ tag: 'data' })
})

test('windows longer than any log, and settings that leave nothing to learn, are usage errors', async () => {
  const at = await dynamicsInputs()
  await expect(trainDynamics({ ...at, config: tinyDynamics({ future: 20 }) })).rejects.toThrow(
    'no window is left to train on',
  )
  await expect(trainDynamics({ ...at, config: tinyDynamics({ past: 1 }) })).rejects.toThrow('the setting past')
  await expect(trainDynamics({ ...at, config: tinyDynamics({ bestBy: 'miou' }) })).rejects.toThrow('total | open')
  await expect(trainDynamics({ ...at, config: tinyDynamics({ model: 'none' }) })).rejects.toThrow('rssm')
})

test('a rig that is excluded is not trained on', async () => {
  const at = { ...(await dynamicsInputs()), config: tinyDynamics({ exclude: ['rig_id=van'] }) }
  const { details } = await trainDynamics(at)
  const trained = Object.keys(details.trainedOn as object)
  expect(trained.length).toBeGreaterThan(0)
  for (const logId of trained) expect(['b', 'd']).toContain(logId)
})

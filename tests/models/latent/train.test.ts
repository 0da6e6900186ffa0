import { existsSync } from 'node:fs'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import { occupancyBatch } from '../../../models/batch.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { latentDefaults, latentPresets } from '../../../models/latent/config.js'
import { encodeDataset } from '../../../models/latent/encode.js'
import { openLatents } from '../../../models/latent/latentsFolder.js'
import { loadLatent } from '../../../models/latent/load.js'
import { type TrainLatentOptions, trainLatent } from '../../../models/latent/train.js'
import { EpochSampler } from '../../../models/training/epochSampler.js'
import { readHistory } from '../../../models/training/history.js'
import { resolveConfig } from '../../../pipeline/config.js'
import { openDataset } from '../../../pipeline/dataset.js'
import { readManifest } from '../../../pipeline/manifest.js'
import { isInRanges, type Range, rangesOf } from '../../../pipeline/splits/ranges.js'
import { readSplit } from '../../../pipeline/splits/readSplit.js'
import { readTrained } from '../../../pipeline/splits/trainedFrames.js'
import { tempFolder } from '../../support/tempFolder.js'
import { splitStreets, writeStreets } from './streetDataset.js'

const tiny = (change: Partial<typeof latentDefaults> = {}) =>
  resolveConfig('latent', latentDefaults, latentPresets, 'tiny', { precision: 'float32', ...change })

/** A dataset, its split and a run folder, in a folder of the test's own. */
async function folders() {
  const root = tempFolder()
  const [dataset, split, out] = ['dataset', 'split', 'run'].map((name) => join(root, name))
  await writeStreets(dataset, 10)
  await splitStreets(dataset, split)
  return { root, dataset, split, out, config: tiny(), seed: 1 } satisfies TrainLatentOptions & { root: string }
}

const bytesOf = (dir: string, name: string) => readFile(join(dir, name))

/** What `trained.arrow` lists, as the manifest's ranges. */
async function trainedIn(run: string): Promise<Record<string, Range[]>> {
  const logs = (await readTrained(run))!
  return Object.fromEntries(logs.map(({ logId, frameIndex }) => [logId, rangesOf(frameIndex, () => true)]))
}

beforeAll(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})

test('a run leaves weights, model and history, and says what it saw', async () => {
  const at = await folders()
  const before = tf.memory().numTensors
  const manifest = await trainLatent(at)
  expect(tf.memory().numTensors).toBe(before)
  expect(Object.keys(manifest.outputs).sort()).toEqual([
    'certificate.json',
    'history.parquet',
    'model.json',
    'trained.arrow',
    'weights.safetensors',
  ])
  const split = await readSplit(at.split)
  const frames = { train: 10 * split.logs('train').length, val: 10 * split.logs('val').length }
  expect(Math.min(frames.train, frames.val)).toBeGreaterThan(0)
  expect(manifest.details).toMatchObject({ family: 'vae', shape: [8, 8, 4], frames })
  const trainedOn = manifest.details.trainedOn as Record<string, Range[]>
  expect(Object.keys(trainedOn).sort()).toEqual(split.logs('train'))
  expect(await trainedIn(at.out)).toEqual(trainedOn)
  for (const logId of ['a', 'b', 'c', 'd', 'e'])
    for (let frame = 0; frame < 10; frame++)
      expect(isInRanges(trainedOn[logId] ?? [], frame)).toBe(split.partOf(logId, frame) === 'train')
  const names = new Set((await readHistory(join(at.out, 'history.parquet'))).map(({ name }) => name))
  for (const name of ['recon', 'kl', 'kl_channel/0', 'active_units']) expect(names).toContain(name)
  for (const name of ['miou', 'iou/car', 'ring_loss/0-10m', 'kl_dimension/p50', 'mutual_information'])
    expect(names).toContain(name)
})

test.each(['float32', 'bfloat16'])(
  'a run killed half-way and started again leaves the bytes of one that was not: %s',
  async (precision) => {
    const at = { ...(await folders()), config: tiny({ steps: 20, checkpointEvery: 7, precision }) }
    await trainLatent(at)
    const killed = { ...at, out: join(at.root, 'killed') }
    const original = EpochSampler.prototype.at
    let [steps, isKilled] = [[] as number[], true]
    const sampler = vi.spyOn(EpochSampler.prototype, 'at').mockImplementation(function (
      this: EpochSampler,
      step: number,
    ) {
      steps.push(step)
      if (isKilled && step === 12) throw new Error('killed')
      return original.call(this, step)
    })
    await expect(trainLatent(killed)).rejects.toThrow('killed')
    ;[steps, isKilled] = [[], false]
    await trainLatent(killed)
    sampler.mockRestore()
    // Of the 12 steps done, the 5 after the checkpoint are done again.
    expect(steps).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
    for (const name of ['weights.safetensors', 'model.json', 'history.parquet'])
      expect((await bytesOf(killed.out, name)).equals(await bytesOf(at.out, name))).toBe(true)
  },
)

test('a loaded model reconstructs as the trained one did, and encoded latents are its own', async () => {
  const at = await folders()
  await trainLatent(at)
  const out = join(at.root, 'latents')
  const before = tf.memory().numTensors
  await encodeDataset({ dataset: at.dataset, latent: at.out, out })
  expect(tf.memory().numTensors).toBe(before)
  const { model } = await loadLatent(at.out)
  const dataset = await openDataset(at.dataset)
  const latents = await openLatents(out)
  expect(latents.shape).toEqual(model.shape)
  expect(latents.logs).toMatchObject(dataset.logs.map(({ logId }) => ({ logId, frames: 10 })))
  const log = await latents.log('c')
  expect(log.map(({ frameIndex }) => frameIndex)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  const frame = await dataset.frame(dataset.firstFrame.get('c')! + 9)
  expect(log[9].timestampNs).toBe(frame.timestampNs)
  const batch = occupancyBatch([frame], dataset.grid)
  const [mean, logvar] = tf.tidy(() => {
    const code = model.encode(batch)
    return [code.mode().dataSync(), code.logvar().dataSync()] as never
  }) as unknown as Float32Array[]
  // Batches of different sizes may add up in another order.
  log[9].mean.forEach((value, i) => {
    expect(value).toBeCloseTo(mean[i], 4)
  })
  log[9].logvar.forEach((value, i) => {
    expect(value).toBeCloseTo(logvar[i], 4)
  })
  expect(await latents.rows('c', 7, 3)).toEqual(log.slice(7))
  await expect(latents.rows('c', 7, 4)).rejects.toThrow(RangeError)
  batch.dispose()
  model.dispose()
  await latents.close()
  await dataset.close()
})

test('a rig that is excluded is neither trained on nor validated on', async () => {
  const at = await folders()
  const manifest = await trainLatent({ ...at, config: tiny({ exclude: ['rig_id=van'] }) })
  const trained = Object.keys(manifest.details.trainedOn as object)
  expect(trained.length).toBeGreaterThan(0)
  for (const logId of trained) expect(['b', 'd']).toContain(logId)
  expect(await trainedIn(at.out)).toEqual(manifest.details.trainedOn)
  await expect(trainLatent({ ...at, config: tiny({ exclude: ['rig_id=none'] }), replace: true })).rejects.toMatchObject(
    {
      tag: 'usage',
    },
  )
})

test('a posterior that a huge β switches off is reported on stderr, in the history and in the manifest', async () => {
  const at = await folders()
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const config = tiny({ steps: 80, beta: 200, freeBits: 0, klWarmupSteps: 5, warmupSteps: 5, learningRate: 0.01 })
  const manifest = await trainLatent({ ...at, config })
  expect(said.mock.calls.map(([text]) => String(text)).join('')).toMatch(/posterior collapse: \d of 4 channels/)
  expect(manifest.details.health).toMatchObject({ ok: false, warning: expect.stringContaining('posterior collapse') })
  const rows = await readHistory(join(at.out, 'history.parquet'))
  expect(rows.filter(({ note }) => note?.startsWith('posterior collapse'))).not.toEqual([])
})

test('a healthy run says so', async () => {
  const at = await folders()
  const manifest = await trainLatent({ ...at, config: tiny({ steps: 40 }) })
  expect(manifest.details.health).toEqual({ ok: true, warning: null, warnings: [] })
})

test.each([
  ['an unknown family', { family: 'none' }, /no latent family 'none'/],
  ['an unknown precision', { precision: 'half' }, /no such precision/],
])('refuses %s', async (_name, change, message) => {
  await expect(trainLatent({ ...(await folders()), config: tiny(change) })).rejects.toThrow(message)
})

test.each([
  [{ batch: 0 }, 'batch'],
  [{ validationFrames: -1 }, 'validationFrames'],
  [{ channels: 2.5 }, 'channels'],
  [{ weighting: 'none' }, 'no such weighting'],
  [{ bestBy: 'open' }, 'bestBy'],
])('refuses %j before it reads a frame', async (change, said) => {
  const at = await folders()
  await expect(trainLatent({ ...at, config: tiny(change) })).rejects.toThrow(said)
  expect(existsSync(`${at.out}.partial`)).toBe(false)
})

test('refuses the split of another dataset', async () => {
  const at = await folders()
  const other = await folders()
  await writeStreets(join(other.root, 'longer'), 11)
  await expect(trainLatent({ ...at, dataset: join(other.root, 'longer') })).rejects.toThrow('of another dataset')
})

test('a run folder whose weights are damaged or of another model is bad data', async () => {
  const at = await folders()
  await trainLatent(at)
  await trainLatent({ ...at, config: tiny({ width: 8 }), out: join(at.root, 'other') })
  await copyFile(join(at.root, 'other', 'weights.safetensors'), join(at.out, 'weights.safetensors'))
  await expect(loadLatent(at.out)).rejects.toMatchObject({ tag: 'data' })
  await writeFile(join(at.out, 'model.json'), '{')
  await expect(loadLatent(at.out)).rejects.toMatchObject({ tag: 'data' })
  await expect(readManifest(at.out, 'encode')).rejects.toMatchObject({ tag: 'data' })
})

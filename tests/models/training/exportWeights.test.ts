import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import { latentDefaults, latentPresets } from '../../../models/latent/config.js'
import { loadLatent } from '../../../models/latent/load.js'
import { type TrainLatentOptions, trainLatent } from '../../../models/latent/train.js'
import { exportWeights } from '../../../models/training/exportWeights.js'
import { readSafetensors, writeSafetensors } from '../../../models/training/safetensors.js'
import { resolveConfig } from '../../../pipeline/config.js'
import { hashFile } from '../../../pipeline/hash.js'
import { tempFolder } from '../../support/tempFolder.js'
import { splitStreets, writeStreets } from '../latent/streetDataset.js'

const script = resolve(import.meta.dirname, 'python', 'readWeights.py')
const found = spawnSync('python3', ['-c', 'import numpy, safetensors'], { encoding: 'utf8' })
const noSafetensors =
  found.status === 0 ? '' : ` (skipped: ${(found.stderr ?? '').trim().split('\n').at(-1) || 'no python3'})`
if (noSafetensors) console.warn(`weights are not held against Python's safetensors${noSafetensors}`)

beforeAll(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})

const tiny = (change: Partial<typeof latentDefaults> = {}) =>
  resolveConfig('latent', latentDefaults, latentPresets, 'tiny', { precision: 'float32', steps: 3, ...change })

/** A trained run, in a folder of the test's own. */
async function trained(change: Partial<typeof latentDefaults> = {}) {
  const root = tempFolder()
  const [dataset, split, out, to] = ['dataset', 'split', 'run', 'weights.safetensors'].map((name) => join(root, name))
  await writeStreets(dataset, 4)
  await splitStreets(dataset, split)
  const options: TrainLatentOptions = { dataset, split, out, config: tiny(change), seed: 1 }
  const manifest = await trainLatent(options)
  return { root, options, manifest, run: out, to }
}

test('what is exported is what the model loads, and says where it comes from; same run, same bytes', async () => {
  const { root, run, to, manifest } = await trained()
  const { tensors, parameters, metadata } = await exportWeights({ run, to })
  const exported = await readSafetensors(to)
  const { model } = await loadLatent(run)
  expect(exported.tensors).toEqual(model.parameters.values())
  expect({ tensors, parameters }).toEqual({ tensors: model.parameters.all.length, parameters: model.parameters.size })
  model.dispose()
  expect(metadata).toMatchObject({ stage: 'train-latent', family: 'vae', run: manifest.hash })
  expect(JSON.parse(metadata.weights)).toEqual({ keep: 'last', step: 3, averaged: null, chosenBy: null })
  expect(exported.metadata).toEqual(metadata)
  await exportWeights({ run, to: join(root, 'again.safetensors') })
  expect(await hashFile(join(root, 'again.safetensors'))).toBe(await hashFile(to))
})

test.skipIf(noSafetensors)(`Python's safetensors reads the same numbers${noSafetensors}`, async () => {
  const { run, to } = await trained()
  const { metadata } = await exportWeights({ run, to })
  const { status, stdout, stderr } = spawnSync('python3', [script, to], { encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  const read = JSON.parse(stdout)
  expect(read.metadata).toEqual(metadata)
  const { tensors } = await readSafetensors(to)
  const ours = Object.entries(tensors).map(([name, { shape, values }]) => {
    const sum = (values as Float32Array).reduce((total, value) => total + value, 0)
    return [name, { dtype: 'float32', shape, first: values[0], last: values[values.length - 1], sum }]
  })
  expect(Object.keys(read.tensors).length).toBe(ours.length)
  for (const [name, facts] of ours as [string, { sum: number }][]) {
    const { sum, ...rest } = read.tensors[name]
    expect({ ...rest, sum: facts.sum }).toEqual(facts)
    expect(sum).toBeCloseTo(facts.sum, 6)
  }
})

test('of a run that keeps a mean, both the mean and the weights behind it can be exported', async () => {
  const { root, run, to } = await trained({ ema: 0.9 })
  const raw = join(root, 'raw.safetensors')
  await exportWeights({ run, to })
  await exportWeights({ run, to: raw, raw: true })
  const [mean, own] = [await readSafetensors(to), await readSafetensors(raw)]
  const averaged = [mean, own].map(({ metadata }) => JSON.parse(metadata.weights).averaged)
  expect(averaged).toEqual([0.9, null])
  expect(Object.keys(mean.tensors)).toEqual(Object.keys(own.tensors))
  expect(mean.tensors).not.toEqual(own.tensors)
})

test('an export replaces no file unasked, and says what it cannot do', async () => {
  const { root, options, run, to } = await trained()
  await exportWeights({ run, to })
  await expect(exportWeights({ run, to })).rejects.toMatchObject({ tag: 'usage', file: to })
  await exportWeights({ run, to, replace: true })
  await expect(exportWeights({ run, to: join(root, 'none', 'w.safetensors') })).rejects.toMatchObject({ tag: 'usage' })
  await expect(exportWeights({ run, to, raw: true, replace: true })).rejects.toMatchObject({ tag: 'usage' })
  await expect(exportWeights({ run: options.dataset, to, replace: true })).rejects.toMatchObject({ tag: 'usage' })
  const weights = await readFile(join(run, 'weights.safetensors'))
  weights[weights.length - 1] ^= 1
  await writeFile(join(run, 'weights.safetensors'), weights)
  await expect(exportWeights({ run, to, replace: true })).rejects.toMatchObject({ tag: 'data' })
})

test('a run starts from the weights of a file, which is one of its inputs', async () => {
  const { root, options, run, to, manifest } = await trained()
  await exportWeights({ run, to })
  // A learning rate of 0 leaves what it started from.
  const config = tiny({ learningRate: 0 })
  const next = await trainLatent({ ...options, config, seed: 2, initFrom: to, out: join(root, 'next') })
  const { tensors } = await readSafetensors(join(root, 'next', 'weights.safetensors'))
  expect(tensors).toEqual((await readSafetensors(to)).tensors)
  expect(next.inputs.initFrom.hash).toBe(await hashFile(to))
  expect(manifest.inputs).not.toHaveProperty('initFrom')
})

test('weights that do not fit are bad data, and the first that differs is named', async () => {
  const { root, options, run, to } = await trained()
  await exportWeights({ run, to })
  const other = { ...options, config: tiny({ width: 8 }), out: join(root, 'other') }
  const failure = await trainLatent({ ...other, initFrom: to }).catch((error) => error)
  expect(failure).toMatchObject({ tag: 'data', file: to, place: 'encoder.stem.filter' })
  expect(failure.message).toMatch(/expected 1×1×\d+×8, found 1×1×\d+×24/)
  const { tensors, metadata } = await readSafetensors(to)
  const { 'encoder.stem.bias': _left, ...rest } = tensors
  const [fewer, more] = [join(root, 'fewer.safetensors'), join(root, 'more.safetensors')]
  await writeSafetensors(fewer, { tensors: rest, metadata })
  await writeSafetensors(more, { tensors: { ...tensors, spare: tensors['encoder.stem.bias'] }, metadata })
  const start = (initFrom: string) => trainLatent({ ...options, initFrom, out: join(root, 'start') })
  await expect(start(fewer)).rejects.toMatchObject({ tag: 'data', place: 'encoder.stem.bias' })
  await expect(start(more)).rejects.toMatchObject({ tag: 'data', place: 'spare' })
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { hasOwnKernels, tf } from '../../../models/engine/tensorflow.js'
import { decodeSafetensors } from '../../../models/training/decodeSafetensors.js'
import { encodeSafetensors } from '../../../models/training/safetensors.js'
import { useWasm } from '../../support/wasmBackend.js'
import { deviations, tooFar } from './deviations.js'
import { type ModelFiles, type ModelOutputs, modelOutputs } from './modelOutputs.js'
import { type ModelCase, modelCases, trainedFiles } from './trainedFiles.js'

const folder = mkdtempSync(join(tmpdir(), 'occlab-wasm-'))

beforeAll(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})
afterEach(() => tf.setBackend('tensorflow'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(Object.keys(modelCases) as ModelCase[])('a trained latent, configured as %s', (name) => {
  let files: ModelFiles
  let native: ModelOutputs

  beforeAll(async () => {
    files = await trainedFiles(name, folder)
    expect(hasOwnKernels()).toBe(true)
    native = modelOutputs(files)
  })

  test('in WebAssembly under Node it says what it says natively, and leaves no tensor', async () => {
    await useWasm()
    const outputs = modelOutputs(files)
    expect(native).toMatchObject({ backend: 'tensorflow', leaked: 0 })
    expect(outputs).toMatchObject({ backend: 'wasm', leaked: 0 })
    const found = deviations(outputs, native)
    expect(tooFar(found), JSON.stringify(found)).toEqual({})
    expect(outputs.losses[1]).toBeLessThan(outputs.losses[0])
  })

  test('one trained in bfloat16 computes in float32 there: nothing else is on offer', async () => {
    const spec = JSON.stringify({ ...JSON.parse(files.spec), precision: 'bfloat16' })
    await useWasm()
    const found = deviations(modelOutputs({ ...files, spec }), modelOutputs(files))
    expect(Object.values(found)).toEqual([0, 0, 0, 0, 0, 0, 0])
  })

  test('planted: a filter that is off by a hundredth is too far', () => {
    const { tensors, metadata } = decodeSafetensors(files.weights, 'weights')
    const stem = tensors['encoder.stem.filter']
    const values = Float32Array.from(stem.values as Float32Array, (value) => 1.01 * value)
    const weights = encodeSafetensors({ tensors: { ...tensors, 'encoder.stem.filter': { ...stem, values } }, metadata })
    const far = tooFar(deviations(modelOutputs({ ...files, weights }), native))
    expect(Object.keys(far)).toEqual(expect.arrayContaining(['mean', 'logits', 'bev', 'features', 'gradient']))
  })
})

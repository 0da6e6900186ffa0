import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import { occupancyBatch } from '../../../models/batch.js'
import { corruptFrame } from '../../../models/corruptions/corruptFrame.js'
import { parseCorruptions } from '../../../models/corruptions/corruptions.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { latentDefaults, latentPresets } from '../../../models/latent/config.js'
import { buildLatent } from '../../../models/latent/load.js'
import { trainLatent } from '../../../models/latent/train.js'
import { readHistory } from '../../../models/training/history.js'
import { resolveConfig } from '../../../pipeline/config.js'
import { packBits } from '../../../pipeline/grid.js'
import { tempFolder } from '../../support/tempFolder.js'
import { streetFrame, taxonomy, tinyGrid } from './scenes.js'
import { splitStreets, writeStreets } from './streetDataset.js'

const plan = parseCorruptions(['pointDropout=0.5', 'maskedCells=0.3', 'weatherReturns=0.5'])

beforeAll(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})

test('the encoder is shown the corrupted grid, the loss is of the clean one', () => {
  const config = { ...latentDefaults, ...latentPresets.tiny }
  const classCounts = taxonomy.classes.map(() => 1)
  const classWeights = taxonomy.classes.map(() => 1)
  const spec = { config, grid: tinyGrid, taxonomy, classCounts, classWeights, precision: 'float32' as const, seed: 5 }
  const model = buildLatent(spec)
  const frame = streetFrame(tinyGrid, 1)
  const view = corruptFrame(frame, plan, { grid: tinyGrid, taxonomy }, 1, 0)
  const faulty = { ...frame, semantics: view.semantics, observed: packBits(view.observed) }
  const before = tf.memory().numTensors
  const batches = [
    occupancyBatch([frame], tinyGrid, [view]),
    occupancyBatch([faulty], tinyGrid),
    occupancyBatch([frame], tinyGrid),
  ]
  const [denoised, corrupted, clean] = batches.map((batch) =>
    tf.tidy(() => ({
      code: [...model.encode(batch).mode().dataSync()],
      recon: model.loss(batch, 3).terms.recon.dataSync()[0],
    })),
  )
  expect(denoised.code).toEqual(corrupted.code)
  expect(denoised.code).not.toEqual(clean.code)
  // Same code and same draw: were the target corrupted, too, the losses would be the same.
  expect(denoised.recon).not.toBe(corrupted.recon)
  for (const batch of batches) batch.dispose()
  expect(tf.memory().numTensors).toBe(before)
  model.dispose()
})

test('a run with corruptions gives the same bytes each time, and others than one without', async () => {
  const root = tempFolder()
  const [dataset, split] = ['dataset', 'split'].map((name) => join(root, name))
  await writeStreets(dataset, 6)
  await splitStreets(dataset, split)
  const run = async (name: string, corruptions: string[]) => {
    const change = { precision: 'float32', steps: 6, validateEvery: 6, corruptions }
    const config = resolveConfig('latent', latentDefaults, latentPresets, 'tiny', change)
    await trainLatent({ dataset, split, out: join(root, name), config, seed: 1 })
    const rows = await readHistory(join(root, name, 'history.parquet'))
    return { weights: await readFile(join(root, name, 'weights.safetensors')), rows }
  }
  const items = ['pointDropout=0.5', 'maskedCells=0.3']
  const [once, again, without] = [await run('once', items), await run('again', items), await run('without', [])]
  expect(again.weights.equals(once.weights)).toBe(true)
  expect(again.rows).toEqual(once.rows)
  expect(without.weights.equals(once.weights)).toBe(false)
  await expect(run('bad', ['fog=1'])).rejects.toThrow(/no such corruption .*pointDropout=0–1/)
})

import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { latentDefaults, latentPresets } from '../../../models/latent/config.js'
import { resolveConfig } from '../../../pipeline/config.js'
import { startNode } from '../../support/child.js'
import { compiledRoot } from '../../support/compiled.js'
import { tempFolder } from '../../support/tempFolder.js'
import { tinyGrid } from '../latent/scenes.js'
import { splitStreets, writeStreets } from '../latent/streetDataset.js'

const program = resolve(import.meta.dirname, 'children', 'train.mjs')
/** A batch is a megabyte of voxels, so that one that is not given back shows. */
const grid = { ...tinyGrid, dims: [64, 64, 8] as [number, number, number] }
const batchBytes = 4 * 2 * 4 * 64 * 64 * 8
const steps = 160
/** Over the second half of the run: a third of what one batch a step would add up to, for other things settle late. */
const allowedBytes = (batchBytes * steps) / 2 / 3

/** Trains in a process of its own, with a loader thread and a cache that holds a part of the frames. */
async function measured(env: NodeJS.ProcessEnv) {
  const root = tempFolder()
  const [dataset, split, out] = ['dataset', 'split', 'run'].map((name) => join(root, name))
  await writeStreets(dataset, 10, undefined, grid)
  await splitStreets(dataset, split)
  const small = { width: 8, channels: 2, voxelFeatures: 4, embedding: 2, batch: 4, precision: 'float32', ema: 0.9 }
  const every = { logEvery: 10, validateEvery: 40, checkpointEvery: 20, validationFrames: 4 }
  const config = resolveConfig('latent', latentDefaults, latentPresets, 'tiny', { steps, ...small, ...every })
  const options = JSON.stringify({ dataset, split, out, config, seed: 1, cacheMb: 0.3, tensorboard: true })
  const { code, stdout, stderr } = await startNode(program, [await compiledRoot(), 'latent', options], env).ended
  expect(code, stderr).toBe(0)
  return [...stdout.matchAll(/^step \d+ (\d+) (\d+)$/gm)].map(([, rss, tensors]) => ({
    rss: Number(rss),
    tensors: Number(tensors),
  }))
}

/** What the process holds more at the end than half-way, bytes; the least of some steps, for garbage comes and goes. */
function growth(steps: { rss: number }[]): number {
  const least = (from: number) => Math.min(...steps.slice(from, from + 40).map(({ rss }) => rss))
  return least(steps.length - 40) - least(steps.length / 2 - 40)
}

test('tensors and memory stay level over the steps', async () => {
  const seen = await measured({})
  expect(seen.length).toBe(steps)
  // The first batches are asked for before there is anything else.
  expect(new Set(seen.slice(10).map(({ tensors }) => tensors)).size).toBe(1)
  expect(growth(seen)).toBeLessThan(allowedBytes)
}, 300_000)

test('planted: a tensor of a batch that is kept at every step shows in both', async () => {
  const seen = await measured({ LEAKS: String(batchBytes) })
  expect(seen.at(-1)!.tensors - seen[10].tensors).toBe(steps - 11)
  expect(growth(seen)).toBeGreaterThan(allowedBytes)
}, 300_000)

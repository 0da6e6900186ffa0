import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type LatentConfig, latentDefaults, latentPresets } from '../../../models/latent/config.js'
import { trainLatent } from '../../../models/latent/train.js'
import { exportWeights } from '../../../models/training/exportWeights.js'
import { resolveConfig } from '../../../pipeline/config.js'
import type { Grid } from '../../../pipeline/grid.js'
import { splitStreets, writeStreets } from '../latent/streetDataset.js'
import type { ModelFiles } from './modelOutputs.js'

const short: Partial<LatentConfig> = { precision: 'float32', steps: 30, batch: 1, warmupSteps: 5, klWarmupSteps: 5 }

/** Models as they are configured by default and by preset `occ3d`, on fewer columns of the same height. */
export const modelCases = {
  // The Lovász-softmax draws half of the voxels, as it draws some at larger grids.
  compact: { dims: [24, 24, 8], preset: undefined, change: { ...short, lovaszVoxels: 2304 } },
  occ3d: { dims: [32, 32, 16], preset: 'occ3d', change: short },
  // Small enough for tfjs' backend in plain JavaScript; between them, the terms of the loss that the others leave out.
  focal: { dims: [16, 16, 4], preset: 'tiny', change: { ...short, reconstruction: 'focal', boundaryWeight: 0.5 } },
  smoothed: { dims: [16, 16, 4], preset: 'tiny', change: { ...short, labelSmoothing: 0.1, encoderBlocks: 1 } },
} as const

export type ModelCase = keyof typeof modelCases

/** Trains the case natively for a few steps, in a folder, and gives the files that leave it. */
export async function trainedFiles(name: ModelCase, root: string): Promise<ModelFiles> {
  const { dims, preset, change } = modelCases[name]
  const at = (file: string) => join(root, `${name} ${file}`)
  const grid: Grid = { name: 'reduced', originM: [-8, -8, -1], voxelM: 0.4, dims }
  await writeStreets(at('dataset'), 4, undefined, grid)
  await splitStreets(at('dataset'), at('split'))
  const config = resolveConfig('latent', latentDefaults, latentPresets, preset, { ...change, validationFrames: 1 })
  await trainLatent({ dataset: at('dataset'), split: at('split'), out: at('run'), config, seed: 1 })
  await exportWeights({ run: at('run'), to: at('weights') })
  return { spec: await readFile(join(at('run'), 'model.json'), 'utf8'), weights: await readFile(at('weights')) }
}

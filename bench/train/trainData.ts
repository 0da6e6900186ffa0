import { closeSync, openSync, writeSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { countClasses } from '../../models/latent/classWeights.js'
import { openDataset } from '../../pipeline/dataset.js'
import { unpackBits, voxelCount } from '../../pipeline/grid.js'
import { ingestDefaults } from '../../pipeline/ingest/config.js'
import { ingest } from '../../pipeline/ingest/ingest.js'
import { simulateDefaults } from '../../pipeline/simulate/config.js'
import { simulate } from '../../pipeline/simulate/simulate.js'
import { checkout } from '../checkout.js'
import { type BenchSpec, latentSpec } from './trainSpec.js'

const fleet = { ...simulateDefaults, logs: 8, durationS: 10, rigs: ['sedan64'], weatherShare: 0 }

/** Frames that both sides read from the same two files, `semantics.npy` and `observed.npy`, uint8 [N, X, Y, Z]. */
export interface TrainData {
  folder: string
  spec: BenchSpec
  /** Numbers of the frames to train on, and of those to score on: whole logs. */
  train: number[]
  test: number[]
}

/**
 * Logs of all sites, simulated, ingested on the Occ3D grid with its 18 classes, and written for NumPy. They stay in the
 * user's cache: a later run finds the same plan and takes what is there.
 */
export async function makeTrainData(): Promise<TrainData> {
  const script = pathToFileURL(join(checkout, 'scripts', 'libtensorflow.mjs')).href
  const { cacheFolder } = (await import(script)) as typeof import('../../scripts/libtensorflow.mjs')
  const folder = join(cacheFolder(), 'bench-train')
  const [raw, dataset] = [join(folder, 'raw'), join(folder, 'dataset')]
  await simulate({ out: raw, config: fleet, seed: 1, jobs: availableParallelism(), replace: true })
  const settings = { ...ingestDefaults, grid: 'occ3d', taxonomy: 'occ3d-nuscenes' }
  await ingest({ logs: [raw], out: dataset, config: settings, jobs: 1, replace: true })
  return exportFrames(dataset, folder)
}

async function exportFrames(path: string, folder: string): Promise<TrainData> {
  const dataset = await openDataset(path)
  const { grid, taxonomy, logs, frameCount } = dataset
  const counts = taxonomy.classes.map(() => 0)
  const [train, test]: number[][] = [[], []]
  const held = Math.max(1, Math.floor(logs.length / 4))
  const files = ['semantics', 'observed'].map((name) => openSync(join(folder, `${name}.npy`), 'w'))
  for (const file of files) writeSync(file, npyHeader([frameCount, ...grid.dims]))
  let number = 0
  for (const [i, { logId }] of logs.entries())
    for await (const frame of dataset.frames(logId)) {
      const isTest = i >= logs.length - held
      if (!isTest) countClasses(counts, frame, false)
      ;(isTest ? test : train).push(number++)
      writeSync(files[0], frame.semantics)
      writeSync(files[1], Uint8Array.from(unpackBits(frame.observed, voxelCount(grid))))
    }
  for (const file of files) closeSync(file)
  await dataset.close()
  return { folder, spec: latentSpec(grid, taxonomy, counts), train, test }
}

/** Header of a version 1.0 `.npy` file of uint8 in C order; its length is a multiple of 64. */
export function npyHeader(shape: readonly number[]): Uint8Array {
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`
  const bytes = Buffer.alloc(10 + padded.length)
  bytes.write('\x93NUMPY\x01\x00', 'latin1')
  bytes.writeUInt16LE(padded.length, 8)
  bytes.write(padded, 10, 'latin1')
  return bytes
}

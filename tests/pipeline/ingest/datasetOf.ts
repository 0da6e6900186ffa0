import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Dataset, openDataset } from '../../../pipeline/dataset.js'
import { bitAt, type Grid } from '../../../pipeline/grid.js'
import { type IngestConfig, ingestDefaults } from '../../../pipeline/ingest/config.js'
import { ingest } from '../../../pipeline/ingest/ingest.js'
import type { Frame } from '../../../pipeline/schema.js'
import { tempFolder } from '../../support/tempFolder.js'
import { type SmallLog, writeSmallLog } from './smallLog.js'

/** Ingests folders into a folder of the running test, without a word on stderr. */
export async function datasetOf(logs: readonly string[], config: Partial<IngestConfig> = {}): Promise<Dataset> {
  const out = join(tempFolder(), 'dataset')
  await ingest({ logs, out, config: { ...ingestDefaults, ...config }, warn: () => undefined })
  const dataset = await openDataset(out)
  onTestFinished(() => dataset.close())
  return dataset
}

/** The frames of one small log. */
export async function framesOf(log: SmallLog, config: Partial<IngestConfig> = {}): Promise<SeenFrames> {
  const dataset = await datasetOf([writeSmallLog(join(tempFolder(), 'small'), log)], config)
  const frames: Frame[] = []
  for await (const frame of dataset.frames(dataset.logs[0].logId)) frames.push(frame)
  return new SeenFrames(dataset, frames)
}

/** Frames to be asked what is at a place in the ego frame, metres. */
export class SeenFrames {
  constructor(
    readonly dataset: Dataset,
    readonly frames: readonly Frame[],
  ) {}

  /** Class name at the place; `unknown` where nothing was observed. */
  at(frame: number, xM: number, yM: number, zM: number): string {
    const { semantics, observed } = this.frames[frame]
    const voxel = voxelAt(this.dataset.grid, xM, yM, zM)
    const name = this.dataset.taxonomy.classes[semantics[voxel]].name
    return bitAt(observed, voxel) ? name : 'unknown'
  }

  count(frame: number, name: string): number {
    const index = this.dataset.taxonomy.classes.findIndex((c) => c.name === name)
    return this.frames[frame].semantics.filter((label) => label === index).length
  }
}

export function voxelAt({ originM, voxelM, dims }: Grid, ...placeM: [number, number, number]): number {
  const [i, j, k] = placeM.map((metres, axis) => Math.floor((metres - originM[axis]) / voxelM))
  return (i * dims[1] + j) * dims[2] + k
}

import { openDataset } from '../../pipeline/dataset.js'
import type { Grid } from '../../pipeline/grid.js'
import type { DatasetTaxonomy } from '../../pipeline/taxonomy.js'
import { type OccupancyArrays, occupancyArrays } from '../batch.js'
import { corruptFrame } from '../corruptions/corruptFrame.js'
import { parseCorruptions } from '../corruptions/corruptions.js'
import { FrameCache } from '../frameCache.js'
import { type Loader, openLoader } from '../training/loader/loader.js'
import type { Preparer } from '../training/loader/preparer.js'

/** Frames that make a batch. */
export interface FrameRequest {
  /** Their numbers in the dataset. */
  numbers: number[]
  /** Step that decides the draws of the corruptions, from 0; null shows the frames as they are. */
  corruptedAt: number | null
}

/** How frames become a batch. */
export interface FrameRule {
  grid: Grid
  taxonomy: DatasetTaxonomy
  /** `name=amount` each: what the encoder is shown of a frame that is to be corrupted. */
  corruptions: readonly string[]
  seed: number
}

export interface FrameSpec extends FrameRule {
  /** Folder written by `ingest`. */
  dataset: string
  /** Memory for frames, MB. */
  cacheMb: number
}

/** A loader of frames; its threads share the memory for frames, which changes no batch. */
export function openFrameLoader(spec: FrameSpec, threads: number): Promise<Loader<FrameRequest, OccupancyArrays>> {
  const own = { ...spec, cacheMb: spec.cacheMb / Math.max(1, threads) }
  return openLoader({ url: import.meta.url, exportName: 'openFrames', spec: own, threads })
}

/** Opened in each loader thread of `train latent`: a dataset and a cache of its own. */
export async function openFrames(spec: FrameSpec): Promise<Preparer<FrameRequest, OccupancyArrays>> {
  const dataset = await openDataset(spec.dataset)
  return { ...framePreparer(new FrameCache(dataset, spec.cacheMb * 1e6), spec), close: () => dataset.close() }
}

/** Over a dataset that the caller closes. */
export function framePreparer(cache: FrameCache, rule: FrameRule): Preparer<FrameRequest, OccupancyArrays> {
  const { grid, seed } = rule
  const plan = parseCorruptions(rule.corruptions)
  return {
    prepare: ({ numbers, corruptedAt }, pool) =>
      cache.with(numbers, (frames) => {
        const isClean = corruptedAt === null || plan.length === 0
        const inputs = isClean ? null : frames.map((frame) => corruptFrame(frame, plan, rule, seed, corruptedAt))
        return occupancyArrays(frames, grid, inputs, pool)
      }),
    close: async () => undefined,
  }
}

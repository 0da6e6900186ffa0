import { type Dataset, openDataset } from '../../pipeline/dataset.js'
import type { Grid } from '../../pipeline/grid.js'
import { stream } from '../../pipeline/random.js'
import type { Frame } from '../../pipeline/schema.js'
import { type OccupancyArrays, occupancyArrays } from '../batch.js'
import { FrameCache } from '../frameCache.js'
import { openLatents } from '../latent/latentsFolder.js'
import { type Loader, openLoader } from '../training/loader/loader.js'
import type { BufferPool, Prepared, Preparer } from '../training/loader/preparer.js'
import { actionOf } from './actions.js'
import type { DynamicsConfig } from './config.js'
import { LatentCache } from './latentCache.js'
import type { SurveyedFrame } from './survey.js'
import type { Window } from './windows.js'

/** Windows that make a batch. */
export interface WindowRequest {
  windows: readonly Window[]
  /** Decides which future frames are decoded: decoding all of them would cost more than the rest of a step. */
  draw: string | number
}

/** A batch of windows without tensors. */
export interface WindowArrays {
  /** [B, T, h, w, c] and [B, T, A]. */
  z: Float32Array
  actions: Float32Array
  /** The truth of the future frames that are decoded, of all windows together. */
  decoded: { frame: number; truth: OccupancyArrays }[]
  /** First frame of each window, `log/frame`. */
  frames: string[]
}

/** How windows become a batch. */
export interface WindowRule {
  /** The list that the windows were planned over. */
  frames: readonly SurveyedFrame[]
  /** h, w, c */
  shape: readonly [number, number, number]
  config: Pick<DynamicsConfig, 'past' | 'future' | 'decodedWeight' | 'decodedFrames'>
  seed: number
}

export interface WindowSpec extends WindowRule {
  /** Folders written by `ingest` and `encode`. */
  dataset: string
  latents: string
  /** Memory for latents and for frames, MB each. */
  cacheMb: number
}

/** A loader of windows; its threads share the memory, which changes no batch. */
export function openWindowLoader(spec: WindowSpec, threads: number): Promise<Loader<WindowRequest, WindowArrays>> {
  const own = { ...spec, cacheMb: spec.cacheMb / Math.max(1, threads) }
  return openLoader({ url: import.meta.url, exportName: 'openWindows', spec: own, threads })
}

/** Opened in each loader thread of `train dynamics`: dataset, latents and caches of its own. */
export async function openWindows(spec: WindowSpec): Promise<Preparer<WindowRequest, WindowArrays>> {
  const [dataset, latents] = [await openDataset(spec.dataset), await openLatents(spec.latents)]
  const budget = spec.cacheMb * 1e6
  return {
    ...windowPreparer(new LatentCache(latents, budget), occupancyOf(dataset, budget), spec),
    async close() {
      await latents.close()
      await dataset.close()
    },
  }
}

/** Where the truth of decoded frames comes from. */
export interface OccupancySource {
  frames: FrameCache
  grid: Grid
}

function occupancyOf(dataset: Dataset, budget: number): OccupancySource {
  return { frames: new FrameCache(dataset, budget), grid: dataset.grid }
}

/** Over folders that the caller closes. */
export function windowPreparer(
  latents: LatentCache,
  occupancy: OccupancySource,
  rule: WindowRule,
): Preparer<WindowRequest, WindowArrays> {
  const { shape, config, frames: list } = rule
  const length = config.past + config.future
  return {
    async prepare({ windows, draw }, pool) {
      const means = await Promise.all(windows.map((w) => latents.means(w.logId, list[w.first].row, length)))
      const decoded = await decodedTruth(occupancy, rule, { windows, draw }, pool)
      const [h, w, c] = shape
      const z = new Float32Array(pool.take(4 * windows.length * length * h * w * c))
      means.flat().forEach((mean, i) => {
        z.set(mean, i * mean.length)
      })
      const places = windows.flatMap(({ first }) => list.slice(first, first + length))
      const value: WindowArrays = {
        z,
        actions: Float32Array.from(places.flatMap(({ egoMotion }) => actionOf(egoMotion))),
        decoded: decoded.map(({ frame, truth }) => ({ frame, truth: truth.value })),
        frames: windows.map(({ logId, firstFrameIndex }) => `${logId}/${firstFrameIndex}`),
      }
      return { value, buffers: [z.buffer as ArrayBuffer, ...decoded.flatMap(({ truth }) => truth.buffers)] }
    },
    close: async () => undefined,
  }
}

async function decodedTruth(
  occupancy: OccupancySource,
  { frames, config, seed }: WindowRule,
  { windows, draw }: WindowRequest,
  pool: BufferPool,
): Promise<{ frame: number; truth: Prepared<OccupancyArrays> }[]> {
  if (config.decodedWeight <= 0) return []
  const ahead = Array.from({ length: config.future }, (_, t) => config.past + t)
  const chosen = stream(seed, 'decoded', draw).shuffle(ahead).slice(0, config.decodedFrames)
  return Promise.all(
    chosen.map(async (frame) => {
      const numbers = windows.map(({ first }) => frames[first + frame].number)
      const arrays = (found: Frame[]) => occupancyArrays(found, occupancy.grid, null, pool)
      return { frame, truth: await occupancy.frames.with(numbers, arrays) }
    }),
  )
}

import { boundary } from '../../eval/measures/boundary.js'
import type { World } from '../../eval/measures/measure.js'
import { occupancy } from '../../eval/measures/occupancy.js'
import { policies } from '../../eval/metrics/policies.js'
import { groupsOf, reconstruct } from '../../eval/reconstruct.js'
import { framesOfPart } from '../../eval/scoreLogs.js'
import { occupancyBatch } from '../../models/batch.js'
import { tf } from '../../models/engine/tensorflow.js'
import type { LatentModel } from '../../models/latent/latentModel.js'
import { loadLatent } from '../../models/latent/load.js'
import { type Dataset, openDataset } from '../../pipeline/dataset.js'
import type { Frame } from '../../pipeline/schema.js'
import { readSplit } from '../../pipeline/splits/readSplit.js'

/** How a latent reconstructs the test part of a split. */
export interface Reconstructed {
  world: World
  frames: number
  /** Divergence of a frame's code from the prior, bits: what it takes to send it by relative entropy coding. */
  bits: number
  /** h·w·c. */
  numbers: number
  /** By measure, the sums of each log. */
  sums: Record<string, Float64Array[]>
}

const batch = 8

export async function reconstructTest(folders: Record<'dataset' | 'split' | 'latent', string>): Promise<Reconstructed> {
  const dataset = await openDataset(folders.dataset)
  const split = await readSplit(folders.split)
  const { model } = await loadLatent(folders.latent)
  try {
    const { grid, taxonomy } = dataset
    const world = { grid, taxonomy, rateHz: 2 }
    const found: Reconstructed = {
      ...{ world, frames: 0, bits: 0, numbers: model.shape[0] * model.shape[1] * model.shape[2] },
      sums: { occupancy: [], boundary: [] },
    }
    let nats = 0
    for (const logId of split.logs('test')) {
      const frames = () =>
        framesOfPart(dataset.frames(logId), ({ frameIndex }) => split.partOf(logId, frameIndex) === 'test')
      const counters = [occupancy, boundary].map((measure) => measure.counter(world, policies.occlab))
      for await (const { frame, predicted, occupied } of reconstruct(model, dataset, frames(), batch)) {
        const scored = {
          truth: frame,
          objects: null,
          predicted,
          occupied,
          horizonS: null,
          cityFromEgo: frame.cityFromEgo,
        }
        for (const counter of counters) counter.add(scored)
        found.frames++
      }
      nats += await natsOf(model, dataset, frames())
      ;[found.sums.occupancy, found.sums.boundary].forEach((sums, i) => {
        sums.push([...counters[i].sums()][0].sums)
      })
    }
    return { ...found, bits: nats / Math.LN2 / found.frames }
  } finally {
    model.dispose()
    await dataset.close()
  }
}

/** Σ KL of all frames, nats. */
async function natsOf(model: LatentModel, { grid }: Dataset, frames: AsyncIterable<Frame>): Promise<number> {
  let nats = 0
  for await (const group of groupsOf(frames, batch)) {
    const inputs = occupancyBatch(group, grid)
    nats += tf.tidy(() => tf.sum(model.encode(inputs).kl()).dataSync()[0])
    inputs.dispose()
  }
  return nats
}

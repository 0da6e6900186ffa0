import { type Tensor2D, type Tensor4D, tf } from '../../models/engine/tensorflow.js'
import { type Latents, openLatents } from '../../models/latent/latentsFolder.js'
import { loadLatent } from '../../models/latent/load.js'
import { type Dataset, openDataset } from '../../pipeline/dataset.js'
import { progress } from '../../pipeline/progress.js'
import type { Split } from '../../pipeline/splits/readSplit.js'
import type { Probe } from './probe.js'

/** Pooled latents of one part's frames, what each probe is to read off them, and the log each row is of. */
export interface FeatureTable {
  /** [n, width] */
  features: Float32Array
  width: number
  logs: string[]
  /** By probe, then by row; null where the frame does not say. */
  targets: (number | string | null)[][]
}

export type ProbeFeatures = Record<'train' | 'test', FeatureTable>

interface Row {
  logId: string
  features: Float32Array
  targets: (number | string | null)[]
}

/** Reads the latents and the probes' targets of the training and test part, a log at a time. */
export async function collectFeatures(
  folders: { dataset: string; latent: string; latents: string },
  split: Split,
  probes: readonly Probe[],
): Promise<ProbeFeatures> {
  const [dataset, latents] = [await openDataset(folders.dataset), await openLatents(folders.latents)]
  const { model } = await loadLatent(folders.latent)
  const pool = (means: Float32Array[]) => pooled(means, model.shape, (z) => model.probe(z))
  try {
    const rows: Record<'train' | 'test', Row[]> = { train: [], test: [] }
    const bar = progress('probe features', dataset.logs.length, 'logs')
    for (const { logId } of dataset.logs) {
      for (const { part, ...row } of await logRows(dataset, latents, split, logId, probes, pool)) rows[part].push(row)
      bar.tick(logId)
    }
    bar.stop()
    return { train: tableOf(rows.train, probes), test: tableOf(rows.test, probes) }
  } finally {
    model.dispose()
    await latents.close()
    await dataset.close()
  }
}

async function logRows(
  dataset: Dataset,
  latents: Latents,
  split: Split,
  logId: string,
  probes: readonly Probe[],
  pool: (means: Float32Array[]) => Float32Array[],
): Promise<(Row & { part: 'train' | 'test' })[]> {
  const wanted = (frameIndex: number) => {
    const part = split.partOf(logId, frameIndex)
    return part === 'train' || part === 'test' ? part : null
  }
  if (!split.logs('train').includes(logId) && !split.logs('test').includes(logId)) return []
  const codes = (await latents.log(logId)).filter(({ frameIndex }) => wanted(frameIndex))
  const features = new Map(pool(codes.map(({ mean }) => mean)).map((row, i) => [codes[i].frameIndex, row]))
  const rows: (Row & { part: 'train' | 'test' })[] = []
  for await (const frame of dataset.frames(logId)) {
    const part = wanted(frame.frameIndex)
    const row = features.get(frame.frameIndex)
    if (part && row)
      rows.push({ part, logId, features: row, targets: probes.map((probe) => probe.target(frame, dataset)) })
  }
  return rows
}

/** One feature vector a latent; @param means each [h, w, c] float32 */
function pooled(
  means: Float32Array[],
  [h, w, c]: readonly [number, number, number],
  probe: (z: Tensor4D) => Tensor2D,
): Float32Array[] {
  return means.map((mean) => tf.tidy(() => Float32Array.from(probe(tf.tensor4d(mean, [1, h, w, c])).dataSync())))
}

function tableOf(rows: Row[], probes: readonly Probe[]): FeatureTable {
  const width = rows[0]?.features.length ?? 1
  const features = new Float32Array(rows.length * width)
  rows.forEach((row, i) => {
    features.set(row.features, i * width)
  })
  return {
    features,
    width,
    logs: rows.map(({ logId }) => logId),
    targets: probes.map((_, p) => rows.map(({ targets }) => targets[p])),
  }
}

import { type Tensor2D, type Tensor4D, tf } from '../../models/engine/tensorflow.js'
import type { Latents } from '../../models/latent/latentsFolder.js'
import type { Dataset } from '../../pipeline/dataset.js'
import { bitAt } from '../../pipeline/grid.js'
import { progress } from '../../pipeline/progress.js'
import type { Frame } from '../../pipeline/schema.js'
import type { Split } from '../../pipeline/splits/readSplit.js'
import type { Probe } from './probe.js'
import type { StudyContext } from './study.js'

/** Pooled latents of one part's frames, what each probe is to read off them, and the log each row is of. */
export interface FeatureTable {
  /** [n, width] */
  features: Float32Array
  width: number
  logs: string[]
  /** The frame that each row is of. */
  frames: FrameRef[]
  /** [n, K]: 1 where a voxel of the class was observed. */
  present: Uint8Array
  /** By probe, then by row; null where the frame does not say. */
  targets: (number | string | null)[][]
}

export type ProbeFeatures = Record<'train' | 'test', FeatureTable>

/** Enough of a frame to say where and when it was. */
export type FrameRef = Pick<Frame, 'siteId' | 'frameIndex' | 'cityFromEgo'>

interface Row {
  logId: string
  features: Float32Array
  targets: (number | string | null)[]
  frame: FrameRef
  present: Uint8Array
}

/** Reads the latents and the probes' targets of the training and test part, a log at a time. */
export async function collectFeatures(
  { dataset, split, latents, model }: Pick<StudyContext, 'dataset' | 'split' | 'latents' | 'model'>,
  probes: readonly Probe[],
): Promise<ProbeFeatures> {
  const pool = (means: Float32Array[]) => pooled(means, model.shape, (z) => model.probe(z))
  const rows: Record<'train' | 'test', Row[]> = { train: [], test: [] }
  const wanted = new Set([...split.logs('train'), ...split.logs('test')])
  const logs = dataset.logs.filter(({ logId }) => wanted.has(logId))
  const bar = progress('probe features', logs.length, 'logs')
  for (const { logId } of logs) {
    for (const { part, ...row } of await logRows(dataset, latents, split, logId, probes, pool)) rows[part].push(row)
    bar.tick(logId)
  }
  bar.stop()
  return { train: tableOf(rows.train, probes), test: tableOf(rows.test, probes) }
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
  const codes = (await latents.log(logId)).filter(({ frameIndex }) => wanted(frameIndex))
  const features = new Map(pool(codes.map(({ mean }) => mean)).map((row, i) => [codes[i].frameIndex, row]))
  const rows: (Row & { part: 'train' | 'test' })[] = []
  for await (const frame of dataset.frames(logId)) {
    const part = wanted(frame.frameIndex)
    const row = features.get(frame.frameIndex)
    if (part && row)
      rows.push({
        ...{
          part,
          logId,
          features: row,
          frame: refOf(frame),
          present: presentIn(frame, dataset.taxonomy.classes.length),
        },
        targets: probes.map((probe) => probe.target(frame, dataset)),
      })
  }
  return rows
}

function refOf({ siteId, frameIndex, cityFromEgo }: Frame): FrameRef {
  return { siteId, frameIndex, cityFromEgo }
}

/** 1 for each class of which a voxel was observed. */
function presentIn({ semantics, observed }: Frame, classes: number): Uint8Array {
  const present = new Uint8Array(classes)
  for (let voxel = 0; voxel < semantics.length; voxel++) if (bitAt(observed, voxel)) present[semantics[voxel]] = 1
  return present
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
    frames: rows.map(({ frame }) => frame),
    present: Uint8Array.from(rows.flatMap(({ present }) => [...present])),
    targets: probes.map((_, p) => rows.map(({ targets }) => targets[p])),
  }
}

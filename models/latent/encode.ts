import { join } from 'node:path'
import { ArrowFileWriter } from '../../pipeline/arrow/arrowWriter.js'
import { batchFromRows } from '../../pipeline/columns.js'
import { type Dataset, openDataset } from '../../pipeline/dataset.js'
import { UsageError } from '../../pipeline/errors.js'
import { canonicalJson } from '../../pipeline/hash.js'
import type { Manifest } from '../../pipeline/manifest.js'
import { progress } from '../../pipeline/progress.js'
import { type Frame, type LogInfo, latentSchema } from '../../pipeline/schema.js'
import { runStage, type Work } from '../../pipeline/stage.js'
import { occupancyBatch } from '../batch.js'
import { tf } from '../engine/tensorflow.js'
import { rowsPerBatch } from './latentsFolder.js'
import { type LoadedLatent, loadLatent } from './load.js'

export interface EncodeOptions {
  /** Folder written by `ingest`. */
  dataset: string
  /** Run folder of `train latent`. */
  latent: string
  /** Folder to write. */
  out: string
  replace?: boolean
}

/**
 * Stage `encode`: the latent of every frame of a dataset, mean and log variance, one Arrow file a log. A killed run
 * goes on at the next log. There is nothing random in it, so it takes no seed.
 *
 * Throws UsageError when the latent is of another grid or taxonomy, and what `runStage` throws.
 */
export async function encodeDataset({ dataset, latent, out, replace }: EncodeOptions): Promise<Manifest> {
  const plan = { stage: 'encode', target: out, config: {}, seed: 0, inputs: { dataset, latent }, replace }
  return runStage(plan, async (work) => {
    const opened = await openDataset(dataset)
    const loaded = await loadLatent(latent)
    try {
      checkFits(opened, loaded, latent)
      await encodeLogs(opened, loaded, work)
    } finally {
      loaded.model.dispose()
      await opened.close()
    }
  })
}

function checkFits(dataset: Dataset, { spec }: LoadedLatent, file: string): void {
  for (const what of ['grid', 'taxonomy'] as const)
    if (canonicalJson(spec[what]) !== canonicalJson(dataset[what]))
      throw new UsageError(`the latent was trained on another ${what}`, {
        file,
        expected: dataset[what].name,
        actual: spec[what].name,
      })
}

async function encodeLogs(dataset: Dataset, loaded: LoadedLatent, work: Work): Promise<void> {
  const bar = progress('encode', dataset.logs.length, 'logs')
  const logs: { logId: string; file: string; frames: number }[] = []
  for (const [i, log] of dataset.logs.entries()) {
    const file = `latents-${String(i).padStart(5, '0')}.arrow`
    const frames = await work.unit(log.logId, async () => ({
      files: [file],
      result: await encodeLog(dataset, loaded, log, join(work.dir, file)),
    }))
    logs.push({ logId: log.logId, file, frames })
    bar.tick(log.logId)
  }
  bar.stop()
  work.detail('shape', loaded.model.shape)
  work.detail('logs', logs)
}

/** Writes one log's latents; returns how many. */
async function encodeLog(dataset: Dataset, loaded: LoadedLatent, { logId }: LogInfo, path: string): Promise<number> {
  const { model, spec, manifest } = loaded
  const schema = latentSchema(model.shape, { family: spec.config.family, run: manifest.hash })
  // Not compressed: the low bits of floats are noise, and plain buffers can be mapped.
  const writer = new ArrowFileWriter(path, schema, null)
  let waiting: Frame[] = []
  const flush = () => {
    if (waiting.length > 0) writer.write(batchFromRows(schema, latentRows(loaded, waiting)))
    waiting = []
  }
  try {
    for await (const frame of dataset.frames(logId)) {
      waiting.push(frame)
      if (waiting.length === rowsPerBatch) flush()
    }
    flush()
    return writer.close().rows
  } catch (error) {
    writer.abort()
    throw error
  }
}

function latentRows({ model, spec }: LoadedLatent, frames: Frame[]): Record<string, unknown>[] {
  const batch = occupancyBatch(frames, spec.grid)
  const [mean, logvar] = tf.tidy(() => {
    const code = model.encode(batch)
    return [code.mode(), code.logvar()]
  })
  const [means, logvars] = [mean, logvar].map((tensor) => new Uint8Array(Float32Array.from(tensor.dataSync()).buffer))
  batch.dispose()
  tf.dispose([mean, logvar])
  const bytes = means.length / frames.length
  return frames.map(({ logId, frameIndex, timestampNs }, i) => ({
    log_id: logId,
    frame_index: frameIndex,
    timestamp_ns: timestampNs,
    mean: means.subarray(i * bytes, (i + 1) * bytes),
    logvar: logvars.subarray(i * bytes, (i + 1) * bytes),
  }))
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { occupancyBatch } from '../models/batch.js'
import { engineInfo, type Tensor4D, tf } from '../models/engine/tensorflow.js'
import { peakMemoryMib } from '../pipeline/peakMemory.js'
import { timingFile, writeAtomically } from '../pipeline/stage.js'
import { freeIndex } from '../pipeline/taxonomy.js'
import type { EvalConfig } from './evalConfig.js'
import { forecastWindows } from './forecast.js'
import { decodeGrids, gridsOf } from './reconstruct.js'
import { stepsOf } from './scoreForecasts.js'
import type { Subject } from './subject.js'

/** Milliseconds: the median, and what nine in ten stay under. */
export interface Spread {
  p50: number
  p90: number
}

/** What the models take on this machine, one frame at a time. Wall-clock facts: they stand in `timing.json`, in no hash. */
export interface Latency {
  /** A frame to its latent; a latent to classes; a window to the decoded frame at the last horizon. */
  encodeMs: Spread
  decodeMs: Spread
  forecastMs: Spread
  repeats: number
  /** Largest memory of the process, MiB. */
  peakRssMib: number
  engine: ReturnType<typeof engineInfo>
}

const [warmUps, repeats] = [3, 15]

/** Times the models on the first frames of the first scored log; null where it is too short for a window. */
export async function measureLatency(
  subject: Subject,
  config: Readonly<EvalConfig>,
  rateHz: number,
): Promise<Latency | null> {
  const { dataset, latent, latents, logIds } = subject
  const codes = await latents.log(logIds[0])
  const future = Math.max(...stepsOf(config.horizonsS, rateHz))
  if (codes.length < config.pastFrames + future) return null
  const frame = await dataset.frame(dataset.firstFrame.get(logIds[0])!)
  const free = freeIndex(dataset.taxonomy)
  const [h, w, c] = latent.shape
  const encode = () => {
    const batch = occupancyBatch([frame], dataset.grid)
    tf.tidy(() => latent.encode(batch).mode().dataSync())
    batch.dispose()
  }
  const decode = () =>
    gridsOf(tf.tidy(() => decodeGrids(latent, tf.tensor4d(codes[0].mean, [1, h, w, c]) as Tensor4D, free)))
  const log = {
    mean: (place: number) => codes[place].mean,
    past: () => null,
    future: () => new Array(future).fill(null),
  }
  const rule = { past: config.pastFrames, future, steps: [future], free }
  const window = { logId: logIds[0], first: 0, firstFrameIndex: 0 }
  return {
    encodeMs: spreadOf(encode),
    decodeMs: spreadOf(decode),
    forecastMs: spreadOf(() => forecastWindows(subject, [window], log, rule)),
    repeats,
    peakRssMib: peakMemoryMib(),
    engine: engineInfo(),
  }
}

function spreadOf(run: () => unknown): Spread {
  const took = Array.from({ length: warmUps + repeats }, () => {
    const startMs = performance.now()
    run()
    return performance.now() - startMs
  })
  const sorted = took.slice(warmUps).sort((a, b) => a - b)
  return { p50: sorted[Math.floor(0.5 * repeats)], p90: sorted[Math.floor(0.9 * repeats)] }
}

/** Writes it beside the metrics. */
export async function writeLatency(dir: string, latency: Latency | null): Promise<void> {
  await writeAtomically(join(dir, timingFile), `${JSON.stringify({ latency }, null, 2)}\n`)
}

/** The latency that an evaluation measured, in a line for people; null where it could not. */
export async function latencyLine(dir: string): Promise<string | null> {
  const { latency } = JSON.parse(await readFile(join(dir, timingFile), 'utf8')) as { latency?: Latency | null }
  if (!latency) return null
  const { encodeMs, decodeMs, forecastMs, peakRssMib, engine } = latency
  const ms = ({ p50, p90 }: Spread) => `${p50.toFixed(0)} ms (p90 ${p90.toFixed(0)})`
  const machine = `${engine.device}, ${engine.threads} threads`
  return `latency on this machine (${machine}): encode ${ms(encodeMs)}, decode ${ms(decodeMs)}, forecast ${ms(forecastMs)}; peak memory ${peakRssMib.toFixed(0)} MiB`
}

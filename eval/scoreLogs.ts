import { planWindows, type Window, type WindowFrame } from '../models/dynamics/windows.js'
import type { Dataset } from '../pipeline/dataset.js'
import { DataError } from '../pipeline/errors.js'
import { progress } from '../pipeline/progress.js'
import type { Frame } from '../pipeline/schema.js'
import { freeIndex } from '../pipeline/taxonomy.js'
import { warpByEgoMotion } from './baselines.js'
import type { EvalConfig } from './evalConfig.js'
import { type Forecast, forecastWindows } from './forecast.js'
import type { ScoredFrame } from './measures/measure.js'
import type { PredictionLog } from './predictionLog.js'
import { groupsOf, reconstruct } from './reconstruct.js'
import type { Scoreboard } from './scoreboard.js'
import type { Subject } from './subject.js'

/** Which frames and windows were scored. */
export interface Population {
  frames: number
  windows: number
  logs: number
  leftOut: { border: number; gap: number; shortLogs: number }
  words: Record<'reconstruction' | 'forecast', string>
}

/** Scores every log of the part, one log in memory at a time. */
export async function scoreLogs(
  subject: Subject,
  config: Readonly<EvalConfig>,
  board: Scoreboard,
  kept: PredictionLog,
): Promise<Population> {
  const total = { frames: 0, windows: 0, leftOut: { border: 0, gap: 0, shortLogs: 0 } }
  const rateHz = board.world.rateHz
  const bar = progress('evaluate', subject.logIds.length, 'logs')
  for (const logId of subject.logIds) {
    total.frames += await scoreReconstruction(subject, config, logId, board, kept)
    const plan = await scoreForecasts(subject, config, logId, rateHz, board, kept)
    total.windows += plan.windows.length
    for (const reason of ['border', 'gap', 'shortLogs'] as const) total.leftOut[reason] += plan.leftOut[reason]
    board.endLog(logId)
    kept.endLog()
    bar.tick(logId)
  }
  bar.stop()
  return { ...total, logs: subject.logIds.length, words: inWords(subject, config, rateHz, total) }
}

/** Frames a second. Throws DataError when the manifest does not say. */
export function frameRate(dataset: Dataset): number {
  const rate = Number((dataset.manifest.details as { frameRateHz?: number }).frameRateHz)
  if (rate > 0) return rate
  throw new DataError("the dataset's manifest has no frame rate", {
    file: dataset.dir,
    expected: 'details.frameRateHz',
  })
}

async function scoreReconstruction(
  { dataset, split, latent }: Subject,
  { part, batch }: Readonly<EvalConfig>,
  logId: string,
  board: Scoreboard,
  kept: PredictionLog,
): Promise<number> {
  let frames = 0
  const ofPart = framesOfPart(dataset.frames(logId), (frame) => split.partOf(logId, frame.frameIndex) === part)
  for await (const { frame, predicted, occupied } of reconstruct(latent, dataset, ofPart, batch)) {
    const entry = { task: 'reconstruction', model: 'latent', horizonS: null } as const
    board.addFrame(entry, { truth: frame, predicted, occupied, horizonS: null })
    kept.add(frame, 'reconstruction', 0, predicted)
    frames++
  }
  return frames
}

/** The frames of a part, in order. */
export async function* framesOfPart(
  frames: AsyncIterable<Frame>,
  keeps: (frame: Frame) => boolean,
): AsyncGenerator<Frame> {
  for await (const frame of frames) if (keeps(frame)) yield frame
}

async function scoreForecasts(
  subject: Subject,
  config: Readonly<EvalConfig>,
  logId: string,
  rateHz: number,
  board: Scoreboard,
  kept: PredictionLog,
) {
  const { dataset, split, latents } = subject
  const motions: WindowFrame[] = []
  for await (const { frameIndex, egoMotion } of dataset.frames(logId))
    motions.push({ logId, frameIndex, egoMotion, part: split.partOf(logId, frameIndex) })
  const steps = config.horizonsS.map((horizonS) => Math.round(horizonS * rateHz))
  const future = Math.max(...steps)
  const rule = { part: config.part, past: config.pastFrames, future, stepS: 1 / rateHz, tolerance: 0.25 }
  const plan = planWindows(motions, { ...rule, stride: config.strideFrames })
  const means = await latents.log(logId)
  const log = { mean: (place: number) => means[place].mean, frame: (place: number) => motions[place] }
  for await (const windows of groupsOf(plan.windows, config.batch)) {
    const forecasts = forecastWindows(subject, windows, log, {
      ...{ past: config.pastFrames, future, steps, free: freeIndex(dataset.taxonomy) },
    })
    for (const [i, window] of windows.entries())
      await scoreWindow(subject, config, window, forecasts[i], rateHz, board, kept)
  }
  return plan
}

/** The model's forecasts of one window and both baselines, on the board and, where asked for, in the log of predictions. */
async function scoreWindow(
  { dataset }: Subject,
  { pastFrames }: Readonly<EvalConfig>,
  window: Window,
  forecasts: readonly Forecast[],
  rateHz: number,
  board: Scoreboard,
  kept: PredictionLog,
): Promise<void> {
  const start = dataset.firstFrame.get(window.logId)! + window.first
  const last = await dataset.frame(start + pastFrames - 1)
  const free = freeIndex(dataset.taxonomy)
  const ahead: Record<string, ScoredFrame[]> = { dynamics: [], copy: [], warp: [] }
  for (const { steps, predicted, occupied } of forecasts) {
    const truth = await dataset.frame(start + pastFrames - 1 + steps)
    const horizonS = steps / rateHz
    const warped = warpByEgoMotion(last.semantics, dataset.grid, last.cityFromEgo, truth.cityFromEgo, free)
    ahead.dynamics.push({ truth, horizonS, predicted, occupied })
    ahead.copy.push({ truth, horizonS, predicted: last.semantics, occupied: null })
    ahead.warp.push({ truth, horizonS, predicted: warped, occupied: null })
  }
  for (const [model, frames] of Object.entries(ahead)) {
    for (const scored of frames) {
      board.addFrame({ task: 'forecast', model, horizonS: scored.horizonS }, scored)
      kept.add(scored.truth, kindOf(model), scored.horizonS!, scored.predicted)
    }
    board.addWindow(model, { window, last, ahead: frames })
  }
}

function kindOf(model: string): 'forecast' | 'copy' | 'warp' {
  return model === 'copy' || model === 'warp' ? model : 'forecast'
}

function inWords(
  { logIds }: Subject,
  { part, pastFrames, horizonsS, strideFrames }: Readonly<EvalConfig>,
  rateHz: number,
  { frames, windows }: { frames: number; windows: number },
): Population['words'] {
  const where = `${logIds.length} ${part} logs`
  return {
    reconstruction: `${frames} frames of ${where}`,
    forecast: `${windows} windows of ${where}: ${pastFrames} frames seen, ${Math.max(...horizonsS)} s forecast, at ${rateHz} Hz, stride ${strideFrames}`,
  }
}

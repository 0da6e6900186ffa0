import { planWindows, type Window, type WindowFrame } from '../models/dynamics/windows.js'
import { DataError } from '../pipeline/errors.js'
import { progress } from '../pipeline/progress.js'
import type { Frame } from '../pipeline/schema.js'
import { freeIndex } from '../pipeline/taxonomy.js'
import { warpByEgoMotion } from './baselines.js'
import type { EvalConfig } from './evalConfig.js'
import { forecastWindows } from './forecast.js'
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
  const rateHz = frameRate(subject)
  const bar = progress('evaluate', subject.logIds.length, 'logs')
  for (const logId of subject.logIds) {
    total.frames += await scoreReconstruction(subject, config, logId, board, kept)
    const plan = await scoreForecasts(subject, config, logId, rateHz, board, kept)
    total.windows += plan.windows.length
    for (const reason of ['border', 'gap', 'shortLogs'] as const) total.leftOut[reason] += plan.leftOut[reason]
    kept.endLog()
    bar.tick(logId)
  }
  bar.stop()
  return { ...total, logs: subject.logIds.length, words: inWords(subject, config, rateHz, total) }
}

function frameRate({ dataset }: Subject): number {
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
  for await (const { frame, predicted } of reconstruct(latent, dataset.grid, ofPart, batch)) {
    const entry = { task: 'reconstruction', model: 'latent', horizonS: null } as const
    board.add(entry, frame, predicted)
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
    for (const { window, steps: ahead, predicted } of forecastWindows(subject, windows, log, {
      past: config.pastFrames,
      future,
      steps,
    })) {
      await scoreWindow(subject, window, config.pastFrames, ahead, ahead / rateHz, predicted, board, kept)
    }
  }
  return plan
}

async function scoreWindow(
  { dataset }: Subject,
  window: Window,
  past: number,
  ahead: number,
  horizonS: number,
  predicted: Uint8Array,
  board: Scoreboard,
  kept: PredictionLog,
): Promise<void> {
  const start = dataset.firstFrame.get(window.logId)! + window.first
  const last = await dataset.frame(start + past - 1)
  const truth = await dataset.frame(start + past - 1 + ahead)
  const warped = warpByEgoMotion(
    last.semantics,
    dataset.grid,
    last.cityFromEgo,
    truth.cityFromEgo,
    freeIndex(dataset.taxonomy),
  )
  const predictions = [
    ['dynamics', 'forecast', predicted],
    ['copy', 'copy', last.semantics],
    ['warp', 'warp', warped],
  ] as const
  for (const [model, kind, semantics] of predictions) {
    board.add({ task: 'forecast', model, horizonS }, truth, semantics)
    kept.add(truth, kind, horizonS, semantics)
  }
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

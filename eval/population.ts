import type { WindowPlan } from '../models/dynamics/windows.js'
import type { EvalConfig } from './evalConfig.js'

/** Which frames and windows were scored. */
export interface Population {
  frames: number
  windows: number
  logs: number
  leftOut: { border: number; gap: number; shortLogs: number }
  words: Record<'reconstruction' | 'forecast', string>
}

/** Counts what is scored, log by log. */
export class PopulationCount {
  private frames = 0
  private windows = 0
  private readonly leftOut = { border: 0, gap: 0, shortLogs: 0 }

  add(frames: number, plan: WindowPlan): void {
    this.frames += frames
    this.windows += plan.windows.length
    for (const reason of ['border', 'gap', 'shortLogs'] as const) this.leftOut[reason] += plan.leftOut[reason]
  }

  of(logs: number, { part, pastFrames, horizonsS, strideFrames }: Readonly<EvalConfig>, rateHz: number): Population {
    const { frames, windows, leftOut } = this
    const where = `${logs} ${part} logs`
    const forecast = `${pastFrames} frames seen, ${Math.max(...horizonsS)} s forecast, at ${rateHz} Hz, stride ${strideFrames}`
    const words = {
      reconstruction: `${frames} frames of ${where}`,
      forecast: `${windows} windows of ${where}: ${forecast}`,
    }
    return { frames, windows, logs, leftOut, words }
  }
}

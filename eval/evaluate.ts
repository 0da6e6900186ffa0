import { join } from 'node:path'
import type { Manifest } from '../pipeline/manifest.js'
import { carryCertificate } from '../pipeline/splits/certificateFolder.js'
import type { Part } from '../pipeline/splits/part.js'
import { runStage } from '../pipeline/stage.js'
import { egoTrajectoryNamed } from './egoTrajectory.js'
import type { EvalConfig } from './evalConfig.js'
import { measureNamed } from './measures/measures.js'
import { type MetricRow, withRemark } from './metricRow.js'
import { policyNamed } from './metrics/policies.js'
import { writeMetrics } from './metricTable.js'
import { PredictionLog } from './predictionLog.js'
import { Scoreboard, type Tally } from './scoreboard.js'
import { frameRate, scoreLogs } from './scoreLogs.js'
import { openSubject } from './subject.js'
import { gainRows, type RowContext, rowsOf, slicedRows } from './tallyRows.js'
import { refuseTrainedFrames } from './trainedFrames.js'

export interface EvalOptions {
  dataset: string
  split: string
  latent: string
  latents: string
  dynamics: string
  out: string
  config: Readonly<EvalConfig>
  seed: number
  replace?: boolean
}

/**
 * Stage `eval`: scores reconstruction and forecasts on one part of the split, the forecasts against copying the last
 * frame and warping it by the ego motion over the very same windows. Writes `metrics.parquet`, one `MetricRow` a number,
 * and `predictions.arrow`, the grids of some frames for people to look at.
 */
export async function evaluate(options: EvalOptions): Promise<Manifest> {
  const { dataset, split, latent, latents, dynamics, out, config, seed, replace } = options
  const inputs = { dataset, split, latent, latents, dynamics }
  return runStage({ stage: 'eval', target: out, config, seed, inputs, replace }, async (work) => {
    const { part, allowTrained } = config
    const models = { latent, dynamics }
    const { remark, ...compared } = await refuseTrainedFrames({
      models,
      dataset,
      split,
      part: part as Part,
      allowTrained,
    })
    await carryCertificate(split, work)
    work.detail('trainedFrames', { ...compared, remark })
    const subject = await openSubject(options)
    try {
      const { grid, taxonomy, logs } = subject.dataset
      const world = { grid, taxonomy, rateHz: frameRate(subject.dataset) }
      const board = new Scoreboard(world, config.measures.map(measureNamed), config.policies.map(policyNamed))
      const kept = new PredictionLog(join(work.dir, 'predictions.arrow'), subject.dataset, config.keepFrames)
      const population = await scoreLogs(subject, config, board, kept, seed)
      kept.close()
      const { dataset: datasetHash, split: splitHash, dynamics: run } = work.inputHashes
      const provenance = { dataset: datasetHash, split: splitHash, run }
      const context = {
        world,
        seed,
        resamples: config.resamples,
        ego: egoTrajectoryNamed(config.ego).words,
        part: config.part,
        ...provenance,
      }
      const rows = allRows(board, { ...context, population: population.words }, logs)
      await writeMetrics(
        join(work.dir, 'metrics.parquet'),
        rows.map((row) => withRemark(row, remark)),
      )
      work.detail('population', population)
    } finally {
      await subject.close()
    }
  })
}

interface LogTag {
  logId: string
  rigId: string
  siteId: string
}

function allRows(board: Scoreboard, context: RowContext, logs: readonly LogTag[]): MetricRow[] {
  return board
    .all()
    .flatMap((tally) => [
      ...rowsOf(tally, context),
      ...(tally.slice === 'all'
        ? slicesOf(logs).flatMap(([slice, ids]) => slicedRows(tally, slice, ids, context))
        : []),
      ...gains(board, tally, context),
    ])
}

/** Every rig and every site that has logs. */
function slicesOf(logs: readonly LogTag[]): [string, Set<string>][] {
  const slices = new Map<string, Set<string>>()
  for (const { logId, rigId, siteId } of logs)
    for (const slice of [`rig=${rigId}`, `site=${siteId}`])
      slices.set(slice, (slices.get(slice) ?? new Set()).add(logId))
  return [...slices].sort(([a], [b]) => (a < b ? -1 : 1))
}

function gains(board: Scoreboard, tally: Tally, context: RowContext): MetricRow[] {
  if (tally.task !== 'forecast' || tally.model !== 'dynamics') return []
  return ['copy', 'warp'].flatMap((model) => {
    const baseline = board.sameOf(model, tally)
    return baseline ? gainRows(tally, baseline, context) : []
  })
}

import { join } from 'node:path'
import type { Manifest } from '../pipeline/manifest.js'
import { carryCertificate } from '../pipeline/splits/certificateFolder.js'
import type { Part } from '../pipeline/splits/part.js'
import { runStage } from '../pipeline/stage.js'
import { baselines, isBaseline } from './baselines.js'
import { refuseStrangeFolders } from './belongTogether.js'
import { egoTrajectoryNamed } from './egoTrajectory.js'
import type { EvalConfig } from './evalConfig.js'
import { withHolm } from './holmRows.js'
import { measureLatency, writeLatency } from './latency.js'
import { type LogSlice, logSlices, tagsOf } from './logSlices.js'
import type { World } from './measures/measure.js'
import { measureNamed } from './measures/measures.js'
import { type MetricRow, withRemark } from './metricRow.js'
import { policyNamed } from './metrics/policies.js'
import { writeMetrics } from './metricTable.js'
import type { Population } from './population.js'
import { PredictionLog } from './predictionLog.js'
import { Scoreboard, type Tally } from './scoreboard.js'
import { frameRate, scoreLogs } from './scoreLogs.js'
import { openSubject, type Subject } from './subject.js'
import { contextOf, gainRows, type RowContext, rowsOf, slicedRows } from './tallyRows.js'
import { type Evaluation, talliesFile, writeTallies } from './tallyTable.js'
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
 * frame and warping it by the ego motion over the very same windows. Writes `metrics.parquet`, one `MetricRow` a number;
 * `tallies.arrow`, the sums of each log that the numbers are made of, for comparisons with other runs; and
 * `predictions.arrow`, the grids of some frames for people to look at.
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
    await refuseStrangeFolders({ latents, dynamics }, work.inputHashes)
    await carryCertificate(split, work)
    work.detail('trainedFrames', { ...compared, remark })
    const subject = await openSubject(options)
    try {
      const { dataset } = subject
      const world = { grid: dataset.grid, taxonomy: dataset.taxonomy, rateHz: frameRate(dataset) }
      const board = new Scoreboard(world, config.measures.map(measureNamed), config.policies.map(policyNamed))
      const kept = new PredictionLog(join(work.dir, 'predictions.arrow'), dataset, config.keepFrames)
      const population = await scoreLogs(subject, config, board, kept, seed)
      kept.close()
      await writeLatency(work.dir, await measureLatency(subject, config, world.rateHz))
      const about = evaluationOf(subject, world, population, { ...options, hashes: work.inputHashes })
      writeTallies(join(work.dir, talliesFile), { about, tallies: board.all() })
      const { slices, sliced } = logSlices(about.logs)
      const rows = allRows(board, contextOf(about), slices)
      await writeMetrics(
        join(work.dir, 'metrics.parquet'),
        rows.map((row) => withRemark(row, remark)),
      )
      work.detail('population', population)
      work.detail('slices', sliced)
    } finally {
      await subject.close()
    }
  })
}

/** What the tallies need to be scored again, by whoever has nothing but them. */
function evaluationOf(
  { dataset, logIds }: Subject,
  world: World,
  population: Population,
  { config, seed, hashes }: Pick<EvalOptions, 'config' | 'seed'> & { hashes: Readonly<Record<string, string>> },
): Evaluation {
  const { part, pastFrames, strideFrames, horizonsS, resamples, minLogs } = config
  const ego = egoTrajectoryNamed(config.ego).words
  const scored = new Set(logIds)
  return {
    ...{ world, part, ego, windows: { pastFrames, strideFrames, horizonsS }, population: population.words },
    ...{ seed, resamples, minLogs, dataset: hashes.dataset, split: hashes.split, latent: hashes.latent },
    dynamics: hashes.dynamics,
    logs: dataset.logs.filter(({ logId }) => scored.has(logId)).map(tagsOf),
  }
}

function allRows(board: Scoreboard, context: RowContext, slices: readonly LogSlice[]): MetricRow[] {
  const rows = board
    .all()
    .flatMap((tally) => [
      ...rowsOf(tally, context),
      ...(tally.slice === 'all'
        ? slices.flatMap((slice) => slicedRows(tally, slice, context, !isBaseline(tally.model)))
        : []),
      ...gains(board, tally, context),
    ])
  return withHolm(rows)
}

function gains(board: Scoreboard, tally: Tally, context: RowContext): MetricRow[] {
  if (tally.task !== 'forecast' || isBaseline(tally.model)) return []
  return baselines.flatMap((model) => {
    const baseline = board.sameOf(model, tally)
    return baseline ? gainRows(tally, baseline, context) : []
  })
}

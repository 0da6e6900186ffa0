import { bitAt } from '../../../pipeline/grid.js'
import { compose, invert } from '../../../pipeline/pose.js'
import { stream } from '../../../pipeline/random.js'
import type { Part } from '../../../pipeline/splits/part.js'
import type { MetricRow } from '../../metricRow.js'
import { type EgoPlan, plansFrom } from '../../plans/egoPlans.js'
import { hits, obstacleColumns } from '../../plans/footprint.js'
import { probeRow } from '../probeRow.js'
import { type CodedFrame, codedLogs, type Study, type StudyContext } from '../study.js'
import { aurocRow, linearScores } from './aurocRow.js'

/** A plan is followed for this long, or as far as the log goes on. */
const untilS = 3
const lambda = 1e-3
/** Frames of each log from which plans start: dozens of plans start from each. */
const startsPerLog = 60
/** Ways along which the latent is read, at even times up to `untilS`. */
const samples = 6

interface PlanTable {
  features: Float32Array
  width: number
  /** 1: the plan truly runs into something. */
  labels: number[]
  logs: string[]
}

/**
 * A risk head: from the latent of now along a plan's way, and the plan itself, whether it will run into something within
 * three seconds. Beside it the same head without the latent: what speed and curvature alone give away.
 */
export const riskHead: Study = {
  name: 'riskHead',
  question: 'Does the latent of now tell which plans will run into something?',
  source: 'Ours; a linear head in place of the planners of ST-P3, https://arxiv.org/abs/2207.07601',
  run: rowsOf,
}

async function rowsOf(context: StudyContext): Promise<MetricRow[]> {
  const [train, test] = [await planTable(context, 'train'), await planTable(context, 'test')]
  const hitsIn = ({ labels }: PlanTable) => labels.reduce((sum, label) => sum + label, 0)
  const line = {
    ...{ metric: 'auroc', unit: 'ratio', countOf: 'plans', slice: 'risk_head' },
    ...{ policy: 'linear head', classPolicy: 'wanted: should beat the plan alone', ...context.provenance },
    population: `fitted on ${train.labels.length} plans (train), scored on ${test.labels.length} (test), ${hitsIn(test)} of which run into something within ${untilS} s`,
  }
  if ([train, test].some((table) => hitsIn(table) === 0 || hitsIn(table) === table.labels.length)) {
    const remark = 'all plans of a part end alike'
    return [probeRow({ ...line, model: 'latent', remark }, { value: null, count: 0 }, null)]
  }
  return (['latent', 'plan alone'] as const).map((model) => {
    const [from, on] = [train, test].map((table) => (model === 'latent' ? table : planAlone(table)))
    const scores = linearScores(from, train.labels, on, lambda)
    const options = { rng: stream(context.seed, 'risk head', model), resamples: context.resamples }
    return aurocRow({ ...line, model }, scores, test, options)
  })
}

/** Numbers of a plan that no latent is needed for: they come last in each row. */
const planNumbers = 4

function planAlone({ features, width, labels, logs }: PlanTable): PlanTable {
  const rows = labels.map((_, row) => features.subarray((row + 1) * width - planNumbers, (row + 1) * width))
  return { features: Float32Array.from(rows.flatMap((row) => [...row])), width: planNumbers, labels, logs }
}

async function planTable(context: StudyContext, part: Part): Promise<PlanTable> {
  const width = 2 * context.model.shape[2] + planNumbers
  const table = { values: [] as number[], labels: [] as number[], logs: [] as string[] }
  for await (const { logId, frames } of codedLogs(context, part))
    for (let at = 0; at < frames.length; at += Math.ceil(frames.length / startsPerLog)) {
      const coded = frames[at]
      for (const plan of plansFrom(coded.frame.egoMotion)) {
        const label = labelOf(plan, frames, at, context)
        if (label === null) continue
        table.values.push(...alongWay(plan, coded, context))
        table.labels.push(label)
        table.logs.push(logId)
      }
    }
  return { features: Float32Array.from(table.values), width, labels: table.labels, logs: table.logs }
}

/** 1 when the plan truly runs into something, 0 when not; null when it leaves the grid, or the log ends or has a gap before. */
function labelOf(plan: EgoPlan, frames: readonly CodedFrame[], at: number, { dataset }: StudyContext): number | null {
  const { grid, taxonomy } = dataset
  const start = frames[at].frame
  for (let i = at + 1; i < frames.length; i++) {
    const { frame } = frames[i]
    if (frame.frameIndex !== frames[i - 1].frame.frameIndex + 1) return null
    const timeS = Number(frame.timestampNs - start.timestampNs) / 1e9
    if (timeS > untilS + 1e-3) return 0
    const columns = columnsOf(frames[i], () =>
      obstacleColumns(frame.semantics, grid, taxonomy, (voxel) => bitAt(frame.observed, voxel) === 1),
    )
    const hit = hits(columns, grid, compose(compose(invert(frame.cityFromEgo), start.cityFromEgo), plan.poseAt(timeS)))
    if (hit === null) return null
    if (hit) return 1
    if (timeS >= untilS - 1e-3) return 0
  }
  return null
}

const known = new WeakMap<CodedFrame, Uint8Array>()

/** Obstacles of a frame, which dozens of plans of several frames ask for. */
function columnsOf(frame: CodedFrame, make: () => Uint8Array): Uint8Array {
  const columns = known.get(frame) ?? make()
  known.set(frame, columns)
  return columns
}

/** Mean and maximum of each channel along the way, then acceleration, curvature, way and sideways acceleration. */
function alongWay(
  plan: EgoPlan,
  { mean }: CodedFrame,
  { dataset: { grid }, model: { shape } }: StudyContext,
): number[] {
  const [h, w, c] = shape
  const [means, maxima] = [new Array<number>(c).fill(0), new Array<number>(c).fill(Number.NEGATIVE_INFINITY)]
  for (let n = 1; n <= samples; n++) {
    const { t } = plan.poseAt((n * untilS) / samples)
    const place = [h, w].map((cells, axis) => {
      const inGrid = (t[axis] - grid.originM[axis]) / grid.voxelM / grid.dims[axis]
      return Math.min(cells - 1, Math.max(0, Math.floor(inGrid * cells)))
    })
    const cell = (place[0] * w + place[1]) * c
    for (let i = 0; i < c; i++) {
      means[i] += mean[cell + i] / samples
      maxima[i] = Math.max(maxima[i], mean[cell + i])
    }
  }
  const own = [plan.accelerationMps2, Math.abs(plan.curvature), plan.progressM(untilS), plan.lateralMps2(untilS)]
  return [...means, ...maxima, ...own]
}

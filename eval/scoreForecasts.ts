import { planWindows, type Window, type WindowFrame, type WindowPlan } from '../models/dynamics/windows.js'
import { UsageError } from '../pipeline/errors.js'
import { seedOf } from '../pipeline/random.js'
import type { Frame, SceneObject } from '../pipeline/schema.js'
import { freeIndex } from '../pipeline/taxonomy.js'
import { warpByEgoMotion } from './baselines.js'
import { egoTrajectoryNamed } from './egoTrajectory.js'
import type { EvalConfig } from './evalConfig.js'
import { type Forecast, forecastWindows } from './forecast.js'
import type { ScoredFrame } from './measures/measure.js'
import type { PredictionLog } from './predictionLog.js'
import { RecentFrames } from './recentFrames.js'
import { groupsOf } from './reconstruct.js'
import type { Scoreboard } from './scoreboard.js'
import type { Subject } from './subject.js'

/** What the windows of one log are scored with. */
export interface ForecastScene {
  subject: Subject
  config: Readonly<EvalConfig>
  logId: string
  /** Annotated things by frame index; null for a log without annotations. */
  objects: ReadonlyMap<number, readonly SceneObject[]> | null
  board: Scoreboard
  kept: PredictionLog
  seed: number
}

/** Scores the model's forecasts of every window of a log beside both baselines. Returns what was left out. */
export async function scoreForecasts(scene: ForecastScene): Promise<WindowPlan> {
  const { subject, config, logId, board } = scene
  const { dataset, split, latents } = subject
  const motions: WindowFrame[] = []
  for await (const { frameIndex, egoMotion } of dataset.frames(logId, { parts: ['frameIndex', 'egoMotion'] }))
    motions.push({ logId, frameIndex, egoMotion, part: split.partOf(logId, frameIndex) })
  const { rateHz } = board.world
  const steps = stepsOf(config.horizonsS, rateHz)
  const { pastFrames: past, strideFrames: stride } = config
  const future = steps[steps.length - 1]
  const rule = { part: config.part, past, future, stepS: 1 / rateHz, tolerance: 0.25, stride }
  const plan = planWindows(motions, rule)
  const means = await latents.log(logId)
  const ego = egoTrajectoryNamed(config.ego)
  const log = {
    mean: (place: number) => means[place].mean,
    past: (place: number) => motions[place].egoMotion,
    future: (last: number) => ego.motions(motions, last, future, 1 / rateHz),
  }
  const shape = { past, future, steps, free: freeIndex(dataset.taxonomy) }
  const frames = new RecentFrames(dataset, logId)
  for await (const windows of groupsOf(plan.windows, config.batch)) {
    const forecasts = forecastWindows(subject, windows, log, shape)
    const rollouts = Array.from({ length: config.rollouts }, (_, k) =>
      gridsAhead(
        forecastWindows(subject, windows, log, {
          ...shape,
          seed: seedOf(scene.seed, 'rollout', k, logId, windows[0].first),
        }),
      ),
    )
    for (const [i, window] of windows.entries())
      await scoreWindow(
        scene,
        window,
        frames,
        forecasts[i],
        rollouts.map((rollout) => rollout[i]),
      )
  }
  return plan
}

/** Classes alone, [X·Y·Z] by window and step: the probabilities of k futures would take four times their memory. */
function gridsAhead(forecasts: readonly (readonly Forecast[])[]): Uint8Array[][] {
  return forecasts.map((steps) => steps.map(({ predicted }) => predicted))
}

/** Steps of the horizons, ascending. Throws UsageError for a horizon that no frame has. */
export function stepsOf(horizonsS: readonly number[], rateHz: number): number[] {
  const steps = horizonsS.map((horizonS) => {
    const step = horizonS * rateHz
    if (Math.abs(step - Math.round(step)) < 1e-6 && step >= 1) return Math.round(step)
    throw new UsageError('no frame lies at that horizon', {
      place: 'horizonsS',
      expected: `multiples of ${1 / rateHz} s`,
      actual: `${horizonS} s`,
    })
  })
  return [...new Set(steps)].sort((a, b) => a - b)
}

async function scoreWindow(
  { subject: { dataset }, config, objects, board, kept }: ForecastScene,
  window: Window,
  frames: RecentFrames,
  forecasts: readonly Forecast[],
  rollouts: readonly (readonly Uint8Array[])[],
): Promise<void> {
  const place = window.first + config.pastFrames - 1
  frames.beginAt(place)
  const last = await frames.at(place)
  const free = freeIndex(dataset.taxonomy)
  const ego = egoTrajectoryNamed(config.ego)
  const ahead: Record<string, ScoredFrame[]> = { dynamics: [], copy: [], warp: [] }
  for (const { steps, predicted, occupied } of forecasts) {
    const truth = await frames.at(place + steps)
    const cityFromEgo = ego.poseAt(last, truth, steps, 1 / board.world.rateHz)
    const shared = { truth, objects: thingsOf(truth, objects), horizonS: steps / board.world.rateHz, cityFromEgo }
    const warped = warpByEgoMotion(last.semantics, dataset.grid, last.cityFromEgo, cityFromEgo, free)
    ahead.dynamics.push({ ...shared, predicted, occupied })
    ahead.copy.push({ ...shared, predicted: last.semantics, occupied: null })
    ahead.warp.push({ ...shared, predicted: warped, occupied: null })
  }
  for (const [model, predictions] of Object.entries(ahead)) {
    for (const scored of predictions) {
      board.addFrame({ task: 'forecast', model, horizonS: scored.horizonS }, scored)
      kept.add(scored.truth, kindOf(model), scored.horizonS!, scored.predicted)
    }
    const drawn = model === 'dynamics' ? rollouts : []
    board.addWindow(model, { window, last, lastObjects: thingsOf(last, objects), ahead: predictions, rollouts: drawn })
  }
}

/** The annotated things of a frame; null where no annotations cover it. */
export function thingsOf(
  { frameIndex, objectCount }: Pick<Frame, 'frameIndex' | 'objectCount'>,
  objects: ReadonlyMap<number, readonly SceneObject[]> | null,
): readonly SceneObject[] | null {
  return objects === null || objectCount === null ? null : (objects.get(frameIndex) ?? [])
}

function kindOf(model: string): 'forecast' | 'copy' | 'warp' {
  return model === 'copy' || model === 'warp' ? model : 'forecast'
}

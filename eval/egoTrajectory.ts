import { UsageError } from '../pipeline/errors.js'
import { compose, type Pose, poseFromYaw } from '../pipeline/pose.js'
import type { EgoMotion, Frame } from '../pipeline/schema.js'

/** The ego motion that a forecast runs under, and how rows name it. */
export interface EgoTrajectory {
  /** For `MetricRow.ego`: published tables differ in this more than in anything else. */
  words: string
  /** Motions of the `future` steps after the last frame seen; `log` are the motions of a log by place. */
  motions(log: readonly Step[], last: number, future: number, stepS: number): (EgoMotion | null)[]
  /** Where the forecaster takes the ego to be `steps` after the last frame seen. */
  poseAt(last: Frame, truth: Frame, steps: number, stepS: number): Pose
}

type Step = Pick<Frame, 'egoMotion'>

/** Every way to give a forecast its ego motion, by name. */
export const egoTrajectories: Readonly<Record<string, EgoTrajectory>> = {
  given: {
    words: 'given',
    motions: (log, last, future) => log.slice(last + 1, last + 1 + future).map(({ egoMotion }) => egoMotion),
    poseAt: (_last, truth) => truth.cityFromEgo,
  },
  // The motion into the last frame goes on: what a forecaster without a planner knows of itself.
  constantVelocity: {
    words: 'predicted: constant velocity and turning rate',
    motions: (log, last, future, stepS) =>
      Array.from({ length: future }, () => log[last].egoMotion && scaledTo(log[last].egoMotion, stepS)),
    poseAt(last, _truth, steps, stepS) {
      if (!last.egoMotion) return last.cityFromEgo
      const egoMotion = scaledTo(last.egoMotion, stepS)
      const step = poseFromYaw(egoMotion.dyawRad, [egoMotion.dxM, egoMotion.dyM, egoMotion.dzM])
      return Array.from({ length: steps }).reduce((pose: Pose) => compose(pose, step), last.cityFromEgo)
    },
  },
}

/** Looks one up. Throws UsageError that lists them. */
export function egoTrajectoryNamed(name: string): EgoTrajectory {
  const found = Object.hasOwn(egoTrajectories, name) ? egoTrajectories[name] : undefined
  if (!found)
    throw new UsageError(`no ego trajectory '${name}'`, { expected: Object.keys(egoTrajectories).join(' | ') })
  return found
}

/** The same velocity over a step of `stepS`: key frames come within a tenth of their time. */
function scaledTo({ dxM, dyM, dzM, dyawRad, dtS }: EgoMotion, stepS: number): EgoMotion {
  const share = stepS / dtS
  return { dxM: dxM * share, dyM: dyM * share, dzM: dzM * share, dyawRad: dyawRad * share, dtS: stepS }
}

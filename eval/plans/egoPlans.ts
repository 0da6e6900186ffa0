import { type Pose, poseFromYaw } from '../../pipeline/pose.js'
import type { EgoMotion } from '../../pipeline/schema.js'

/** A way the ego could drive on: constant acceleration and curvature, never backwards. */
export interface EgoPlan {
  /** `brake`, `keep, left 0.05` …: acceleration and curvature in words. */
  name: string
  accelerationMps2: number
  /** Left is positive, 1/m. */
  curvature: number
  /** Pose `timeS` from now, in the ego frame of now. */
  poseAt(timeS: number): Pose
  /** Way along the arc after `timeS`, m. */
  progressM(timeS: number): number
  /** Largest sideways acceleration up to `timeS`, m/s². */
  lateralMps2(timeS: number): number
}

/** Accelerations that candidate plans hold, m/s². */
const accelerations = { brake: -6, slow: -2, keep: 0, speed: 1.5 } as const
/** Curvatures, 1/m; those that would need more grip than a road has are left out. */
const curvatures = [-0.1, -0.05, -0.02, 0, 0.02, 0.05, 0.1] as const
const maxLateralMps2 = 6

/** Candidate plans from the motion that led to now; none of a motion that is not known. */
export function plansFrom(motion: EgoMotion | null): EgoPlan[] {
  if (!motion) return []
  const speedMps = Math.hypot(motion.dxM, motion.dyM) / motion.dtS
  return Object.entries(accelerations).flatMap(([word, acceleration]) =>
    curvatures
      .filter((curvature) => Math.abs(curvature) * speedMps * speedMps <= maxLateralMps2)
      .map((curvature) => planOf(`${word}${turnWords(curvature)}`, speedMps, acceleration, curvature)),
  )
}

function turnWords(curvature: number): string {
  return curvature === 0 ? '' : `, ${curvature > 0 ? 'left' : 'right'} ${Math.abs(curvature)}`
}

function planOf(name: string, speedMps: number, accelerationMps2: number, curvature: number): EgoPlan {
  const stopS = accelerationMps2 < 0 ? speedMps / -accelerationMps2 : Number.POSITIVE_INFINITY
  const progressM = (timeS: number) => {
    const t = Math.min(timeS, stopS)
    return speedMps * t + (accelerationMps2 * t * t) / 2
  }
  const speedAt = (timeS: number) => Math.max(0, speedMps + accelerationMps2 * timeS)
  return {
    ...{ name, accelerationMps2, curvature, progressM },
    poseAt: (timeS) => alongArc(progressM(timeS), curvature),
    lateralMps2: (timeS) => Math.abs(curvature) * Math.max(speedMps, speedAt(timeS)) ** 2,
  }
}

function alongArc(wayM: number, curvature: number): Pose {
  if (curvature === 0) return poseFromYaw(0, [wayM, 0, 0])
  const yaw = curvature * wayM
  return poseFromYaw(yaw, [Math.sin(yaw) / curvature, (1 - Math.cos(yaw)) / curvature, 0])
}

import type { Agent } from './agent.js'
import { tickS } from './traffic.js'

/** What happened to an agent, tick by tick, from `motionFromS` on. */
export interface Motion {
  agent: Agent
  sM: Float64Array
  speedMps: Float64Array
}

/** The log's time of the first recorded tick; the poses reach a little before the first sweep. */
export const motionFromS = -0.5

/** Place along the loop at a time of the log: the acceleration is constant within a tick. */
export function alongAt({ sM, speedMps }: Motion, timeS: number): number {
  const at = Math.min(sM.length - 1, Math.max(0, (timeS - motionFromS) / tickS))
  const k = Math.min(sM.length - 2, Math.floor(at))
  const t = (at - k) * tickS
  return sM[k] + speedMps[k] * t + (0.5 * (speedMps[k + 1] - speedMps[k]) * t * t) / tickS
}

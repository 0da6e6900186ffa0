import type { LogPlan } from './plan.js'
import { type SimulatedLog, simulateLog } from './simulateLog.js'

/** What a worker is sent: one log and the folder to write it into. */
export interface LogJob {
  plan: LogPlan
  dir: string
}

/** The entry of a worker thread. */
export async function simulateJob({ plan, dir }: LogJob): Promise<SimulatedLog> {
  return simulateLog(plan, dir)
}

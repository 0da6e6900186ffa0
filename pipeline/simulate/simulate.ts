import type { Manifest } from '../manifest.js'
import { openPool } from '../pool.js'
import { progress } from '../progress.js'
import { runStage } from '../stage.js'
import type { SimulateConfig } from './config.js'
import { type LogPlan, planFleet } from './plan.js'
import type { SimulatedLog } from './simulateLog.js'
import type { LogJob } from './simulateWorker.js'

export interface SimulateOptions {
  /** Folder that will hold one folder a log. */
  out: string
  config: Readonly<SimulateConfig>
  seed: number
  replace?: boolean
  /** Worker threads; changes no byte. */
  jobs?: number
}

/**
 * Simulates a fleet's logs, one resumable unit a log. Throws UsageError for an unusable setting, and what `runStage`
 * throws.
 */
export async function simulate({ out, config, seed, replace, jobs = 1 }: SimulateOptions): Promise<Manifest> {
  const plans = planFleet(config, seed)
  const stage = { stage: 'simulate', target: out, config, seed, inputs: {}, replace }
  return runStage(stage, async (work) => {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    const url = new URL(`./simulateWorker.${extension}`, import.meta.url).href
    const pool = openPool<LogJob, SimulatedLog>(url, 'simulateJob', Math.min(jobs, plans.length))
    const bar = progress('simulate', plans.length, 'logs')
    const drive = async (plan: LogPlan) => {
      const log = await work.unit(plan.logId, async () => {
        const { files, ...result } = await pool.run({ plan, dir: work.dir })
        return { files, result }
      })
      bar.tick(plan.logId)
      return log
    }
    try {
      const logs = await inLanes(plans, jobs, drive)
      work.detail('logs', logs)
      work.detail('sweeps', sum(logs.map(({ sweeps }) => sweeps)))
      work.detail('points', sum(logs.map(({ points }) => points)))
    } finally {
      bar.stop()
      await pool.close()
    }
  })
}

/**
 * Maps items in `lanes` at a time, in order. A log is handed to the pool only when a lane is free, so that an interrupt
 * waits for the logs under way and not for all.
 */
async function inLanes<I, O>(items: readonly I[], lanes: number, map: (item: I) => Promise<O>): Promise<O[]> {
  const results: O[] = []
  let next = 0
  const lane = async () => {
    while (next < items.length) {
      const i = next++
      results[i] = await map(items[i])
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, lanes) }, lane))
  return results
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

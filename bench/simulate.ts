import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simulateDefaults } from '../pipeline/simulate/config.js'
import { type LogPlan, planFleet } from '../pipeline/simulate/plan.js'
import { sweepSteps } from '../pipeline/simulate/simulateLog.js'
import { Sweeper } from '../pipeline/simulate/sweeper.js'
import { writeSweep } from '../pipeline/simulate/sweepFile.js'
import { simulateWorld } from '../pipeline/simulate/world.js'
import type { Bench, Measured } from './bench.js'

/** What a researcher needs to make data faster than a fleet records it. */
const target = 20

/**
 * Sweeps a second of processor time, feather files and the traffic of the log included: what one core does that nobody
 * else uses, whatever else the machine is doing.
 */
export const simulate: Bench = {
  name: 'simulate',
  question: 'How many sweeps of 64 beams does one core simulate and write in a second?',
  run: () =>
    planFleet({ ...simulateDefaults, logs: 3, rigs: ['sedan64'], durationS: 10, weatherShare: 0 }, 1).map(measure),
}

function measure(plan: LogPlan): Measured {
  const dir = mkdtempSync(join(tmpdir(), 'occlab-bench-'))
  const started = process.cpuUsage()
  const sweeper = new Sweeper(simulateWorld(plan))
  let points = 0
  const steps = sweepSteps(plan)
  steps.forEach((step, index) => {
    const sweep = sweeper.sweep(index, step)
    writeSweep(join(dir, `${index}.feather`), sweep)
    points += sweep.count
  })
  const { user, system } = process.cpuUsage(started)
  rmSync(dir, { recursive: true })
  const perS = steps.length / ((user + system) / 1e6)
  return {
    what: `${plan.logId}, ${Math.round(points / steps.length)} points a sweep`,
    value: perS,
    unit: 'sweeps/CPU s',
    target: { atLeast: target },
  }
}

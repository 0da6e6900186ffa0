import { join } from 'node:path'
import { peakMemoryMib } from '../../pipeline/peakMemory.js'
import { timingFile, writeAtomically } from '../../pipeline/stage.js'
import { engineInfo, tf } from '../engine/tensorflow.js'

/** How fast a run is and what it holds. */
export interface Pace {
  /** Over the time that steps took and waited for their batches. */
  examplesPerS: number | null
  /** Share of that time that was waiting. */
  loaderShare: number | null
  /** Largest memory of the process so far, MiB. */
  peakRssMib: number
  /** Tensors alive after the first and after the last step: the same unless something leaks. */
  tensorsAlive: { first: number; last: number } | null
}

/** Wall-clock and memory facts of a run. They differ from run to run, so they stand in `timing.json` and enter no hash. */
export interface Timing extends Pace {
  /** Steps of this process: fewer than the run's where it was resumed. */
  steps: number
  examples: number
  trainingS: number
  stepMsMedian: number | null
  stepMs90: number | null
  /** How long steps waited for their batch, which other threads prepare meanwhile; without any, all of its preparation. */
  loaderWaitMsMedian: number | null
  loaderWaitMs90: number | null
  loaderWaitMsTotal: number
  engine: ReturnType<typeof engineInfo>
}

/** Times the steps of one process. */
export class Clock {
  private readonly stepMs: number[] = []
  private readonly waitMs: number[] = []
  private readonly startMs = performance.now()
  private examples = 0
  private computedMs = 0
  private waitedMs = 0
  private tensorsAlive: Timing['tensorsAlive'] = null

  /** @param ms of computing, from the batch's tensors to the changed parameters; waiting for the batch is not in it */
  step(ms: number, waitMs: number, examples: number): void {
    this.stepMs.push(ms)
    this.waitMs.push(waitMs)
    this.examples += examples
    this.computedMs += ms
    this.waitedMs += waitMs
    const last = tf.memory().numTensors
    this.tensorsAlive = { first: this.tensorsAlive?.first ?? last, last }
  }

  /** How it goes so far. */
  pace(): Pace {
    const totalMs = this.computedMs + this.waitedMs
    return {
      examplesPerS: totalMs > 0 ? (1000 * this.examples) / totalMs : null,
      loaderShare: totalMs > 0 ? this.waitedMs / totalMs : null,
      peakRssMib: peakMemoryMib(),
      tensorsAlive: this.tensorsAlive,
    }
  }

  timing(): Timing {
    const [steps, waits] = [quantilesOf(this.stepMs), quantilesOf(this.waitMs)]
    return {
      steps: this.stepMs.length,
      examples: this.examples,
      trainingS: (performance.now() - this.startMs) / 1000,
      stepMsMedian: steps(0.5),
      stepMs90: steps(0.9),
      loaderWaitMsMedian: waits(0.5),
      loaderWaitMs90: waits(0.9),
      loaderWaitMsTotal: this.waitedMs,
      ...this.pace(),
      engine: engineInfo(),
    }
  }

  async write(dir: string): Promise<Timing> {
    const timing = this.timing()
    await writeAtomically(join(dir, timingFile), `${JSON.stringify(timing, null, 2)}\n`)
    return timing
  }
}

function quantilesOf(values: readonly number[]): (q: number) => number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return (q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null
}

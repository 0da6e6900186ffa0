import { join } from 'node:path'
import { timingFile, writeAtomically } from '../../pipeline/stage.js'
import { engineInfo } from '../engine/tensorflow.js'

/** Wall-clock facts of a run. They differ from run to run, so they stand in `timing.json` and enter no hash. */
export interface Timing {
  /** Steps of this process: fewer than the run's where it was resumed. */
  steps: number
  examples: number
  trainingS: number
  stepMsMedian: number | null
  stepMs90: number | null
  examplesPerS: number | null
  engine: ReturnType<typeof engineInfo>
}

/** Times the steps of one process. */
export class Clock {
  private readonly stepMs: number[] = []
  private readonly startMs = performance.now()
  private examples = 0

  /** @param ms of computing, from the batch's tensors to the changed parameters; waiting for the batch is not in it */
  step(ms: number, examples: number): void {
    this.stepMs.push(ms)
    this.examples += examples
  }

  timing(): Timing {
    const sorted = [...this.stepMs].sort((a, b) => a - b)
    const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null
    const totalS = sorted.reduce((sum, ms) => sum + ms, 0) / 1000
    return {
      steps: sorted.length,
      examples: this.examples,
      trainingS: (performance.now() - this.startMs) / 1000,
      stepMsMedian: quantile(0.5),
      stepMs90: quantile(0.9),
      examplesPerS: totalS > 0 ? this.examples / totalS : null,
      engine: engineInfo(),
    }
  }

  async write(dir: string): Promise<Timing> {
    const timing = this.timing()
    await writeAtomically(join(dir, timingFile), `${JSON.stringify(timing, null, 2)}\n`)
    return timing
  }
}

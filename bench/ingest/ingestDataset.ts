import { join } from 'node:path'
import { ingest } from '../../pipeline/ingest/ingest.js'
import type { Bench } from '../bench.js'
import { byTurns, cpuOf, type Side, sidesOf, timesFaster } from '../rounds.js'
import { withPython } from '../workspace.js'
import { config, openInPython, sweepsOfLog } from './ingestSettings.js'
import { labelledLog } from './labelledLog.js'

const rounds = 9

/** Both hash, read and check the feather files, count categories and observed voxels, write ZSTD Arrow and hash that. */
export const ingestDataset: Bench = {
  name: 'ingest-dataset',
  question: 'From feather sweeps to a dataset: how fast, against pyarrow, numba and ZSTD in Python?',
  run: ({ data }) =>
    withPython(async (folder, python) => {
      const log = await labelledLog(join(folder, 'log'), sweepsOfLog, data)
      await openInPython(python, log)
      let run = 0
      const clock = new Clock()
      const ours = clock.side(() =>
        cpuOf(() => ingest({ logs: [log.dir], out: join(folder, `ours-${run++}`), config, jobs: 1 })),
      )
      const job = { folder: log.dir, out: join(folder, 'peer.arrow') }
      const peer = clock.side(async () => (await python.ask('dataset', job)).cpuS)
      const [ourS, peerS] = await byTurns([ours, peer], rounds)
      const [ourClockS, peerClockS] = clock.last(rounds)
      const sides = sidesOf({ ours: ourS, Python: peerS }, sweepsOfLog)
      const what = `against Python, ${sweepsOfLog} frames of ${log.what}`
      const clockSides = sidesOf({ ours: ourClockS, Python: peerClockS }, sweepsOfLog)
      const target = { atLeast: 2 }
      return [
        { what, ...timesFaster(ourS, peerS), unit: '×', target, sides },
        { what: 'the same by the clock', ...timesFaster(ourClockS, peerClockS), unit: '×', target, sides: clockSides },
      ]
    }),
}

/** Notes how long sides take by the clock, beside their processor time. */
class Clock {
  private readonly timesS: number[][] = []

  /** The same side, timed. */
  side(run: () => Promise<number>): Side {
    const times: number[] = []
    this.timesS.push(times)
    return {
      async cpuS() {
        const startMs = performance.now()
        const cpuS = await run()
        times.push((performance.now() - startMs) / 1e3)
        return cpuS
      },
    }
  }

  /** Seconds of each side's last rounds. */
  last(rounds: number): number[][] {
    return this.timesS.map((times) => times.slice(-rounds))
  }
}

import { rmSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import type { Bench } from '../bench.js'
import { median, timesFaster } from '../rounds.js'
import { inFolder } from '../workspace.js'
import { ingestInChild, type Taken } from './childIngest.js'
import { config, sweepsOfLog } from './ingestSettings.js'
import { labelledLog } from './labelledLog.js'

/** What a worker takes to start, half a second, is little beside what each has to do, as it is in any data set. */
const logs = 8
const rounds = 5

/** By the clock, for that is what workers are for: other work on the machine shows in it. */
export const ingestWorkers: Bench = {
  name: 'ingest-workers',
  question: 'Two workers: how much sooner are they done than one?',
  run: ({ data }) =>
    inFolder(async (folder) => {
      const dirs: string[] = []
      for (let n = 0; n < logs; n++) dirs.push((await labelledLog(join(folder, `log-${n}`), sweepsOfLog, data, n)).dir)
      const out = join(folder, 'out')
      const with1: Taken[] = []
      const with2: Taken[] = []
      for (let round = 0; round < rounds; round++)
        for (const [jobs, taken] of [with1, with2].entries()) {
          taken.push(await ingestInChild({ logs: dirs, out, config, jobs: jobs + 1 }))
          rmSync(out, { recursive: true })
        }
      const clock = (taken: Taken[]) => taken.map(({ wallS }) => wallS)
      const cpu = (taken: Taken[]) => taken.map(({ cpuS }) => cpuS)
      const seconds = (values: number[]) => `${median(values).toFixed(1)} s`
      return [
        {
          what: `sooner by the clock, ${logs} logs of ${sweepsOfLog} frames`,
          ...{ ...timesFaster(clock(with2), clock(with1)), unit: '×', target: { atLeast: 1.7 } },
          sides: `one ${seconds(clock(with1))}, two ${seconds(clock(with2))}; load of the machine ${loadavg()[0].toFixed(1)}`,
        },
        {
          what: 'processor time of two workers for each second of one',
          ...{ ...timesFaster(cpu(with1), cpu(with2)), unit: '×', target: null },
          sides: `one ${seconds(cpu(with1))}, two ${seconds(cpu(with2))}`,
        },
      ]
    }),
}

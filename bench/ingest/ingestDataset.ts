import { join } from 'node:path'
import { ingest } from '../../pipeline/ingest/ingest.js'
import type { Bench } from '../bench.js'
import { byTurns, cpuOf, sidesOf, timesFaster } from '../rounds.js'
import { withPython } from '../workspace.js'
import { config, openInPython } from './ingestSettings.js'
import { labelledLog } from './labelledLog.js'

/** A sensor log of Argoverse 2 has some 155: of a few, opening the log would be a good part of what is measured. */
const sweeps = 60
const rounds = 5

/** Both hash, read and check the feather files, count categories and observed voxels, write ZSTD Arrow and hash that. */
export const ingestDataset: Bench = {
  name: 'ingest-dataset',
  question: 'From feather sweeps to a dataset: how fast, against pyarrow, numba and ZSTD in Python?',
  run: ({ data }) =>
    withPython(async (folder, python) => {
      const log = await labelledLog(join(folder, 'log'), sweeps, data)
      await openInPython(python, log)
      let run = 0
      const ours = {
        cpuS: () => cpuOf(() => ingest({ logs: [log.dir], out: join(folder, `ours-${run++}`), config, jobs: 1 })),
      }
      const peer = {
        cpuS: async () => (await python.ask('dataset', { folder: log.dir, out: join(folder, 'peer.arrow') })).cpuS,
      }
      const [ourS, peerS] = await byTurns([ours, peer], rounds)
      const sides = sidesOf({ ours: ourS, Python: peerS }, sweeps)
      const what = `against Python, ${sweeps} frames of ${log.what}`
      return [{ what, ...timesFaster(ourS, peerS), unit: '×', target: { atLeast: 2 }, sides }]
    }),
}

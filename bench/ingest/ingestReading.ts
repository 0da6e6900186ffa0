import { join } from 'node:path'
import { type Dataset, openDataset } from '../../pipeline/dataset.js'
import { unpackBits, voxelCount } from '../../pipeline/grid.js'
import { stream } from '../../pipeline/random.js'
import type { Bench } from '../bench.js'
import { byTurns, cpuOf, sidesOf, timesFaster } from '../rounds.js'
import { withPython } from '../workspace.js'
import { ingestInChild } from './childIngest.js'
import { config, grid, openInPython } from './ingestSettings.js'
import { labelledLog } from './labelledLog.js'

const frames = 20
/** Frames read in a round. */
const reads = 200
const rounds = 9
const warmUps = 4
/** Observed voxels of the frame at hand, a byte each: a reader has one such buffer, not one a frame. */
const seen = new Uint8Array(voxelCount(grid))

/** Semantics and observed as one byte a voxel on both sides, at random. */
export const ingestReading: Bench = {
  name: 'ingest-reading',
  question: 'Frames read back at random: how fast, against np.load of compressed npz?',
  run: ({ data }) =>
    withPython(async (folder, python) => {
      const log = await labelledLog(join(folder, 'log'), frames, data)
      const out = join(folder, 'dataset')
      // In another process: what ingest leaves on the heap is not what a reader has there.
      await ingestInChild({ logs: [log.dir], out, config, jobs: 1 })
      const dataset = await openDataset(out)
      await openInPython(python, log)
      const npz = join(folder, 'npz')
      await python.ask('save_npz', { frames: join(out, dataset.logs[0].file), out: npz })
      const rng = stream(1, 'reads')
      const numbers = Array.from({ length: reads }, () => rng.int(frames))
      let ourSum = 0
      const ours = {
        cpuS: () =>
          cpuOf(async () => {
            ourSum = await read(dataset, numbers)
          }),
      }
      const peer = {
        cpuS: async () => {
          const { cpuS, result } = await python.ask('load_npz', { folder: npz, numbers })
          if (result !== ourSum) throw new Error(`the two sides read different frames: ${ourSum} and ${result}`)
          return cpuS
        },
      }
      const [ourS, peerS] = await byTurns([ours, peer], rounds, warmUps)
      await dataset.close()
      const sides = sidesOf({ ours: ourS, 'np.load': peerS }, reads)
      const what = `against np.load, ${grid.name} frames, semantics and observed, a byte a voxel`
      return [{ what, ...timesFaster(ourS, peerS), unit: '×', target: { atLeast: 3 }, sides }]
    }),
}

/** Reads frames by their numbers; returns a checksum of both arrays, from another voxel of each frame. */
async function read(dataset: Dataset, numbers: readonly number[]): Promise<number> {
  let sum = 0
  for (const number of numbers) {
    const { semantics, observed } = await dataset.frame(number)
    const voxel = 17_000 * number + 150_000
    sum += semantics[voxel] + unpackBits(observed, seen.length, seen)[voxel]
  }
  return sum
}

import { join } from 'node:path'
import { FrameCache } from '../../models/frameCache.js'
import { type Dataset, openDataset } from '../../pipeline/dataset.js'
import { unpackBits, voxelCount } from '../../pipeline/grid.js'
import { stream } from '../../pipeline/random.js'
import type { Frame } from '../../pipeline/schema.js'
import type { Bench, Measured } from '../bench.js'
import type { PythonPeer } from '../pythonPeer.js'
import { byTurns, cpuOf, type Side, sidesOf, timesFaster } from '../rounds.js'
import { withPython } from '../workspace.js'
import { ingestInChild } from './childIngest.js'
import { config, grid, openInPython } from './ingestSettings.js'
import { labelledLog } from './labelledLog.js'

const frames = 20
/** Frames read in a round, and frames of a batch. */
const reads = 200
const batch = 4
const rounds = 9
const warmUps = 4
/** Observed voxels of the frame at hand, a byte each: a reader has one such buffer, not one a frame. */
const seen = new Uint8Array(voxelCount(grid))

/** Semantics and observed as one byte a voxel on both sides, at random; ours with all else that the frame says. */
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
      try {
        return await figuresOf(dataset, numbers, python, npz)
      } finally {
        await dataset.close()
      }
    }),
}

async function figuresOf(dataset: Dataset, numbers: number[], python: PythonPeer, npz: string): Promise<Measured[]> {
  const sums: number[] = []
  const side = (read: () => Promise<number>): Side => ({ cpuS: () => cpuOf(async () => sums.push(await read())) })
  const batches = side(() => inBatches(new FrameCache(dataset, 0), numbers))
  const single = side(() => oneByOne(dataset, numbers))
  const peer: Side = {
    async cpuS() {
      const { cpuS, result } = await python.ask<number>('load_npz', { folder: npz, numbers })
      const other = sums.splice(0).find((sum) => sum !== result)
      if (other !== undefined) throw new Error(`the sides read different frames: ${other} and ${result}`)
      return cpuS
    },
  }
  const [batchesS, singleS, peerS] = await byTurns([batches, single, peer], rounds, warmUps)
  const what = (how: string) => `${grid.name} frames ${how}, against np.load`
  const sides = (ours: number[]) => sidesOf({ ours, 'np.load': peerS }, reads)
  return [
    {
      what: what(`in batches of ${batch}, as training reads what is not in its cache`),
      ...{ ...timesFaster(batchesS, peerS), unit: '×', target: { atLeast: 3 }, sides: sides(batchesS) },
    },
    {
      what: what('one by one, each in memory of its own'),
      ...{ ...timesFaster(singleS, peerS), unit: '×', target: null, sides: sides(singleS) },
    },
  ]
}

/** Reads frames by their numbers; returns a checksum of both arrays, from another voxel of each frame. */
async function inBatches(cache: FrameCache, numbers: readonly number[]): Promise<number> {
  let sum = 0
  for (let at = 0; at < numbers.length; at += batch) {
    const some = numbers.slice(at, at + batch)
    sum += await cache.with(some, (read) => read.reduce((total, frame, i) => total + checkOf(frame, some[i]), 0))
  }
  return sum
}

async function oneByOne(dataset: Dataset, numbers: readonly number[]): Promise<number> {
  let sum = 0
  for (const number of numbers) sum += checkOf(await dataset.frame(number), number)
  return sum
}

function checkOf({ semantics, observed }: Frame, number: number): number {
  const voxel = 17_000 * number + 150_000
  return semantics[voxel] + unpackBits(observed, seen.length, seen)[voxel]
}

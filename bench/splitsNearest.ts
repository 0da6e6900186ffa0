import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Part, parts } from '../pipeline/splits/part.js'
import type { LogTrack } from '../pipeline/splits/tracks.js'
import type { Bench } from './bench.js'
import { nearestTrainFrames } from './nearestTrainFrames.js'
import { PythonPeer } from './pythonPeer.js'
import { byTurns, cpuOf, sidesOf, timesFaster } from './rounds.js'
import { makeFleet } from './splitFleet.js'
import { inFolder } from './workspace.js'

const logs = 10_000
const rounds = 3

/** Trees of the training frames of each town, built and asked by every other frame, to any distance. */
export const splitsNearest: Bench = {
  name: 'splits-nearest',
  question: "One million frames: how fast is the nearest training frame found, against SciPy's k-d tree?",
  run: () =>
    inFolder(async (folder) => {
      const python = await PythonPeer.start('splits.py')
      try {
        return [await compare(folder, python)]
      } finally {
        python.close()
      }
    }),
}

async function compare(folder: string, python: PythonPeer) {
  const fleet = makeFleet(logs)
  writeColumns(folder, fleet)
  await python.ask('open_places', { folder })
  let ourSum = 0
  const ours = {
    cpuS: () =>
      cpuOf(() => {
        ourSum = nearestTrainFrames(fleet, partOf).reduce((sum, distanceM) => sum + distanceM, 0)
      }),
  }
  const scipy = {
    async cpuS() {
      const { cpuS, result } = await python.ask<number>('nearest', {})
      if (Math.abs(result - ourSum) > 1e-6 * ourSum)
        throw new Error(`the two sides find different distances: ${ourSum} and ${result} m in all`)
      return cpuS
    },
  }
  const [ourS, scipyS] = await byTurns([ours, scipy], rounds)
  const faster = timesFaster(scipyS, ourS)
  const what = 'times the processor time of scipy.spatial.cKDTree, one thread, trees and questions'
  return { what, ...faster, unit: '×', target: { atMost: 2 }, sides: sidesOf({ ours: ourS, scipy: scipyS }) }
}

/** Six of ten logs train, the others are asked about. */
function partOf(logId: string): Part {
  const turn = Number(logId.slice(-1))
  return turn < 6 ? parts[0] : turn < 8 ? parts[1] : parts[2]
}

/** Files of plain numbers, one a frame: x and y as float64, the town and whether the frame trains as int32. */
function writeColumns(folder: string, fleet: readonly LogTrack[]): void {
  const all = <T>(column: (track: LogTrack) => T[]) => fleet.flatMap(column)
  const write = (name: string, values: Float64Array | Int32Array) => writeFileSync(join(folder, name), values)
  write('x', Float64Array.from(all(({ xM }) => [...xM])))
  write('y', Float64Array.from(all(({ yM }) => [...yM])))
  write('town', Int32Array.from(all(({ siteId, xM }) => Array(xM.length).fill(Number(siteId.slice(5))))))
  write('train', Int32Array.from(all(({ logId, xM }) => Array(xM.length).fill(Number(partOf(logId) === 'train')))))
}

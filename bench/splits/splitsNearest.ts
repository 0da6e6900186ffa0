import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AuditedTrack, auditedTracks } from '../../pipeline/splits/audit/auditedTracks.js'
import { PartPlaces } from '../../pipeline/splits/audit/partPlaces.js'
import type { LogTrack } from '../../pipeline/splits/tracks.js'
import type { Bench } from '../bench.js'
import { PythonPeer } from '../pythonPeer.js'
import { byTurns, cpuOf, sidesOf, timesFaster } from '../rounds.js'
import { inFolder } from '../workspace.js'
import { makeFleet } from './splitFleet.js'

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
  const tracks = auditedTracks(fleet, [], (logId) => (trains(logId) ? 'train' : 'test'))
  writeColumns(folder, fleet)
  await python.ask('open_places', { folder })
  let ourSum = 0
  const ours = {
    cpuS: () =>
      cpuOf(() => {
        ourSum = sumOfDistancesM(tracks)
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

/** As `split audit` finds them: trees of the training frames by town, then a question for every other frame. */
function sumOfDistancesM(tracks: readonly AuditedTrack[]): number {
  const places = new PartPlaces(tracks)
  let sumM = 0
  for (const track of tracks)
    if (!trains(track.logId))
      for (let row = 0; row < track.frameIndex.length; row++)
        sumM += places.nearest('train', track.siteId, track.xM[row], track.yM[row], Number.POSITIVE_INFINITY)!.distanceM
  return sumM
}

/** Six of ten logs train, the others are asked about. */
function trains(logId: string): boolean {
  return Number(logId.slice(-1)) < 6
}

/** Files of plain numbers, one a frame: x and y as float64, the town and whether the frame trains as int32. */
function writeColumns(folder: string, fleet: readonly LogTrack[]): void {
  const all = <T>(column: (track: LogTrack) => T[]) => fleet.flatMap(column)
  const write = (name: string, values: Float64Array | Int32Array) => writeFileSync(join(folder, name), values)
  write('x', Float64Array.from(all(({ xM }) => [...xM])))
  write('y', Float64Array.from(all(({ yM }) => [...yM])))
  write('town', Int32Array.from(all(({ siteId, xM }) => Array(xM.length).fill(Number(siteId.slice(5))))))
  write('train', Int32Array.from(all((track) => Array(track.xM.length).fill(Number(trains(track.logId))))))
}

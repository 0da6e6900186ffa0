import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stream } from '../../pipeline/random.js'
import { splitDefaults } from '../../pipeline/splits/config.js'
import { decide } from '../../pipeline/splits/decide.js'
import { piecesOf } from '../../pipeline/splits/pieces.js'
import { ruleNamed } from '../../pipeline/splits/rules.js'
import type { LogTrack } from '../../pipeline/splits/tracks.js'
import type { Bench, Measured } from '../bench.js'
import { PythonPeer } from '../pythonPeer.js'
import { byTurns, cpuOf, sidesOf, timesFaster } from '../rounds.js'
import { inFolder } from '../workspace.js'
import { makeFleet } from './splitFleet.js'

const logs = 10_000
const rounds = 3

/**
 * Whole routes (two logs each) into parts with the rigs spread evenly. scikit-learn takes a class and a group for each
 * frame; it knows no places, so the first figure is without a buffer, the second with what the buffer asks besides.
 */
export const splitsGrouping: Bench = {
  name: 'splits-grouping',
  question:
    "One million frames in 5,000 routes: how fast are they assigned, against scikit-learn's StratifiedGroupKFold?",
  run: () =>
    inFolder(async (folder) => {
      const fleet = makeFleet(logs)
      const perFrame = (of: (track: LogTrack) => string) =>
        Int32Array.from(fleet.flatMap((track) => Array(track.xM.length).fill(numberIn(of(track)))))
      const groups = perFrame(({ routeId }) => routeId)
      const classes = perFrame(({ rigId }) => rigId)
      writeFileSync(join(folder, 'group'), groups)
      writeFileSync(join(folder, 'class'), classes)
      const python = await PythonPeer.start('splits.py')
      try {
        await python.ask('open_groups', { folder })
        const sklearn = { cpuS: async () => (await python.ask('group', {})).cpuS }
        const [aloneS, placedS, sklearnS] = await byTurns([assigning(fleet, 0), assigning(fleet, 10), sklearn], rounds)
        return [figure('without a buffer', aloneS, sklearnS), figure('with a buffer of 10 m', placedS, sklearnS, false)]
      } finally {
        python.close()
      }
    }),
}

function assigning(fleet: readonly LogTrack[], bufferM: number) {
  const config = { ...splitDefaults, rule: 'route', neighbourS: 0, bufferM }
  const pieces = () => piecesOf(fleet, ruleNamed(config.rule), config)
  return { cpuS: () => cpuOf(() => decide(pieces(), config, stream(1, 'bench'), null)) }
}

/** `route-17` → 17 */
function numberIn(name: string): number {
  return Number(name.split('-')[1])
}

function figure(what: string, oursS: number[], sklearnS: number[], isTarget = true): Measured {
  const target = isTarget ? { atLeast: 1 } : null
  const sides = sidesOf({ ours: oursS, 'scikit-learn': sklearnS })
  return { what: `as fast, ${what}`, ...timesFaster(oursS, sklearnS), unit: '×', target, sides }
}

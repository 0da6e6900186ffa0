import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stream } from '../pipeline/random.js'
import { splitDefaults } from '../pipeline/splits/config.js'
import { decide } from '../pipeline/splits/decide.js'
import type { Bench, Measured } from './bench.js'
import { PythonPeer } from './pythonPeer.js'
import { byTurns, cpuOf, sidesOf, timesFaster } from './rounds.js'
import { makeFleet } from './splitFleet.js'
import { inFolder } from './workspace.js'

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
      const perFrame = (valueOf: (track: (typeof fleet)[number]) => string) =>
        Int32Array.from(fleet.flatMap((track) => Array(track.xM.length).fill(Number(valueOf(track).split('-')[1]))))
      writeFileSync(
        join(folder, 'group'),
        perFrame(({ routeId }) => routeId),
      )
      writeFileSync(
        join(folder, 'class'),
        perFrame(({ rigId }) => rigId),
      )
      const python = await PythonPeer.start('splits.py')
      try {
        await python.ask('open_groups', { folder })
        const config = { ...splitDefaults, rule: ['route'], neighbourS: 0 }
        const ours = (bufferM: number) => ({
          cpuS: () => cpuOf(() => decide(fleet, { ...config, bufferM }, stream(1, 'bench'))),
        })
        const sklearn = { cpuS: async () => (await python.ask('group', {})).cpuS }
        const [aloneS, placedS, sklearnS] = await byTurns([ours(0), ours(10), sklearn], rounds)
        return [figure('without a buffer', aloneS, sklearnS), figure('with a buffer of 10 m', placedS, sklearnS, false)]
      } finally {
        python.close()
      }
    }),
}

function figure(what: string, oursS: number[], sklearnS: number[], isTarget = true): Measured {
  const target = isTarget ? { atLeast: 1 } : null
  const sides = sidesOf({ ours: oursS, 'scikit-learn': sklearnS })
  return { what: `as fast, ${what}`, ...timesFaster(oursS, sklearnS), unit: '×', target, sides }
}

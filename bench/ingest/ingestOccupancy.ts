import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bitAt, voxelCount } from '../../pipeline/grid.js'
import { argoverse2 } from '../../pipeline/ingest/argoverse2/reader.js'
import { lidarOccupancy } from '../../pipeline/ingest/occupancy/lidarOccupancy.js'
import type { BuiltFrame } from '../../pipeline/ingest/occupancy/occupancyMethod.js'
import { SkipCounter } from '../../pipeline/ingest/skipCounter.js'
import type { Bench, Measured } from '../bench.js'
import type { PythonPeer } from '../pythonPeer.js'
import { byTurns, cpuOf, sidesOf, timesFaster } from '../rounds.js'
import { withPython } from '../workspace.js'
import { grid, labels, openInPython, taxonomy } from './ingestSettings.js'
import { labelledLog } from './labelledLog.js'

/** Frames of one round; NumPy makes one. */
const frames = 10
const rounds = 9

/** From a decoded sweep in memory to semantics and observed bits, one thread each, everything between included. */
export const ingestOccupancy: Bench = {
  name: 'ingest-occupancy',
  question: 'Points to labelled occupancy with exact ray-cast free space: how fast, against NumPy and numba?',
  run: ({ data }) =>
    withPython(async (folder, python) => {
      const log = await labelledLog(join(folder, 'log'), 1, data)
      await openInPython(python, log)
      const build = await frameMaker(log.dir)
      const ours = { cpuS: async () => (await cpuOf(() => repeat(build))) / frames }
      const numba = { cpuS: () => mean(() => python.ask('occupancy', { kernel: 'numba' })) }
      const numpy = { cpuS: async () => (await python.ask('occupancy', { kernel: 'numpy' })).cpuS }
      const [ourS, numbaS, numpyS] = await byTurns([ours, numba, numpy], rounds)
      const frame = await build()
      const what = `${log.what}, ${taxonomy.name} classes`
      return [
        {
          ...{ what: `against NumPy, ${what}`, ...timesFaster(ourS, numpyS), unit: '×', target: { atLeast: 20 } },
          sides: sidesOf({ ours: ourS, NumPy: numpyS }),
        },
        {
          ...{ what: 'against numba, the same', ...timesFaster(ourS, numbaS), unit: '×', target: { atLeast: 1 } },
          sides: sidesOf({ ours: ourS, numba: numbaS }),
        },
        ...(await agreement(frame, python, join(folder, 'frame'))),
      ]
    }),
}

/** Makes the same frame again and again from one decoded sweep. */
async function frameMaker(dir: string): Promise<() => Promise<BuiltFrame>> {
  const skips = new SkipCounter()
  const [source] = await argoverse2.logs(dir)
  const log = await argoverse2.open({ ...source, hashOf: () => '' }, { rig: null, site: null, route: null }, skips)
  const { timesNs, lidars, pointCategories, movingCategories } = log.sweeps!
  const sweep = await log.sweeps!.read(0)
  const sweeps = { timesNs, lidars, pointCategories, movingCategories, read: async () => sweep }
  const scene = { log: { ...log, sweeps }, grid, taxonomy, labels, sweeps: 1, sensorMasks: false, skips }
  const builder = lidarOccupancy.open(scene)
  const cityFromEgo = log.poses.at(sweep.timeNs)
  return () => builder.build(sweep.timeNs, cityFromEgo)
}

async function repeat(run: () => Promise<unknown>): Promise<void> {
  for (let n = 0; n < frames; n++) await run()
}

async function mean(ask: () => Promise<{ cpuS: number }>): Promise<number> {
  let cpuS = 0
  await repeat(async () => {
    cpuS += (await ask()).cpuS
  })
  return cpuS / frames
}

/** Voxels in which a peer's frame differs from ours, in class or in being observed. */
async function agreement(ours: BuiltFrame, python: PythonPeer, file: string): Promise<Measured[]> {
  const differing = async (kernel: string): Promise<number> => {
    await python.ask('occupancy', { kernel, save: file })
    const bytes = readFileSync(file)
    const observed = bytes.subarray(voxelCount(grid))
    return ours.semantics.reduce((count, label, voxel) => {
      const isSame = label === bytes[voxel] && bitAt(ours.observed, voxel) === bitAt(observed, voxel)
      return isSame ? count : count + 1
    }, 0)
  }
  const unit = `of ${voxelCount(grid).toLocaleString('en-GB')} voxels`
  return [
    { what: 'differ from numba, which is exact too', value: await differing('numba'), unit, target: { atMost: 0 } },
    { what: 'differ from NumPy, which samples', value: await differing('numpy'), unit, target: null },
  ]
}

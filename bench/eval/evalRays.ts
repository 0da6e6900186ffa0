import { RaySums } from '../../eval/measures/raySums.js'
import { rayOriginM } from '../../eval/measures/rays.js'
import { RayPaths } from '../../eval/metrics/rayPaths.js'
import { rayPattern } from '../../eval/metrics/rayPattern.js'
import { freeIndex } from '../../pipeline/taxonomy.js'
import type { Bench, Measured } from '../bench.js'
import { PythonPeer } from '../pythonPeer.js'
import { byTurns, cpuOf, type Side, sidesOf, timesFaster } from '../rounds.js'
import { inFolder } from '../workspace.js'
import { grid, type Occ3dFrames, occ3dFrames, taxonomy } from './occ3dFrames.js'

/** Frames of a round of ours and of numba; NumPy does a few of them. */
const [frames, numpyFrames] = [20, 2]
const rounds = 9
const free = freeIndex(taxonomy)

/** Rays are cast in truth and prediction. With a fixed origin ours walk once and read their paths for every frame. */
export const evalRays: Bench = {
  name: 'eval-rays',
  question: 'RayIoU on the grid of Occ3D from one origin: how fast, against NumPy and numba?',
  run: ({ data }) =>
    inFolder(async (folder) => {
      const made = await occ3dFrames(folder, frames, data)
      const python = await PythonPeer.start('eval.py')
      try {
        await python.ask('open_frames', { folder, classes: taxonomy.classes.length })
        const origins = { origin_m: rayOriginM(grid), grid_origin_m: grid.originM, voxel_m: grid.voxelM, free }
        await python.ask('open_rays', origins)
        return await compare(made, python)
      } finally {
        python.close()
      }
    }),
}

async function compare(made: Occ3dFrames, python: PythonPeer): Promise<Measured[]> {
  const paths = new RayPaths(grid, rayPattern()).from(rayOriginM(grid))
  const ours = (walksEachTime: boolean): Side => ({
    cpuS: async () => (await cpuOf(() => countsOf(made, paths, frames, walksEachTime))) / frames,
  })
  const theirs = (kernel: string, count: number): Side => ({
    cpuS: async () => (await python.ask('ray_counts', { kernel, first: 0, count })).cpuS / count,
  })
  for (const [kernel, count] of Object.entries({ numba: frames, numpy: numpyFrames }))
    await sameCounts(python, kernel, count, countsOf(made, paths, count, false))
  const sides = [ours(false), ours(true), theirs('numba', frames), theirs('numpy', numpyFrames)]
  const [fixedS, walkedS, numbaS, numpyS] = await byTurns(sides, rounds)
  const what = `${paths.rays.toLocaleString('en-GB')} rays; ${made.what}`
  return [
    {
      ...{ what: `against NumPy, ${what}`, ...timesFaster(fixedS, numpyS), unit: '×', target: { atLeast: 20 } },
      sides: sidesOf({ ours: fixedS, NumPy: numpyS }),
    },
    {
      ...{ what: 'against numba, the same', ...timesFaster(fixedS, numbaS), unit: '×', target: { atLeast: 1 } },
      sides: sidesOf({ ours: fixedS, numba: numbaS }),
    },
    {
      ...{
        what: 'against numba, with a new origin every frame',
        ...timesFaster(walkedS, numbaS),
        unit: '×',
        target: null,
      },
      sides: sidesOf({ ours: walkedS, numba: numbaS }),
    },
  ]
}

function countsOf({ truth, predicted }: Occ3dFrames, paths: RayPaths, count: number, walksEachTime: boolean) {
  const sums = new RaySums(taxonomy.classes.length, free)
  for (let n = 0; n < count; n++) {
    if (walksEachTime) paths.from(rayOriginM(grid))
    const side = (labels: Uint8Array) => ({ labels, ends: paths.cast(labels, free) })
    sums.add(paths, side(truth[n]), side(predicted[n]))
  }
  return sums.sums
}

async function sameCounts(python: PythonPeer, kernel: string, count: number, ours: Float64Array): Promise<void> {
  const { result } = await python.ask<number[]>('ray_counts', { kernel, first: 0, count })
  const differing = result.filter((value, i) => value !== ours[i]).length
  if (differing > 0) throw new Error(`${kernel} counts other rays in ${differing} of ${result.length} numbers`)
}

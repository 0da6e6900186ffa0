import { join } from 'node:path'
import { voxelCount } from '../../pipeline/grid.js'
import { argoverse2 } from '../../pipeline/ingest/argoverse2/reader.js'
import type { Rays } from '../../pipeline/ingest/occupancy/kernels/voxelKernel.js'
import { RayCaster } from '../../pipeline/ingest/occupancy/rayCaster.js'
import { RayOrigins } from '../../pipeline/ingest/occupancy/rayOrigins.js'
import { SkipCounter } from '../../pipeline/ingest/skipCounter.js'
import { invert } from '../../pipeline/pose.js'
import type { Bench } from '../bench.js'
import { byTurns, cpuOf, sidesOf, timesFaster } from '../rounds.js'
import { inFolder } from '../workspace.js'
import { grid } from './ingestSettings.js'
import { labelledLog } from './labelledLog.js'
import { PlainRays } from './plainRays.js'

/** Casts of one round. */
const casts = 20
const rounds = 9

/** Rays that stay in the grid, for the plain side knows no others. */
export const ingestRays: Bench = {
  name: 'ingest-rays',
  question: 'Free space alone: what does the WebAssembly kernel gain on TypeScript that marks all crossings?',
  run: ({ data }) =>
    inFolder(async (folder) => {
      const log = await labelledLog(join(folder, 'log'), 1, data)
      const rays = await raysWithin(log.dir)
      const caster = new RayCaster(grid)
      const plain = new PlainRays(grid)
      const passed = new Uint8Array(voxelCount(grid))
      const ours = { cpuS: () => cpuOf(() => repeat(() => castAnew(caster, rays))) }
      const other = { cpuS: () => cpuOf(() => repeat(() => plain.cast(rays, passed.fill(0)))) }
      const [ourS, plainS] = await byTurns([ours, other], rounds)
      const marks = new Uint8Array(voxelCount(grid))
      caster.markPassed(marks)
      const differ = marks.reduce((count, mark, voxel) => count + Number(mark !== passed[voxel]), 0)
      const what = `against TypeScript, ${rays.count.toLocaleString('en-GB')} rays of ${log.what}`
      const sides = sidesOf({ kernel: ourS, TypeScript: plainS }, casts)
      const unit = `of ${voxelCount(grid).toLocaleString('en-GB')} voxels`
      return [
        { what, ...timesFaster(ourS, plainS), unit: '×', target: null, sides },
        { what: 'differ between the two', value: differ, unit, target: { atMost: 0 } },
      ]
    }),
}

async function raysWithin(dir: string): Promise<Rays> {
  const [source] = await argoverse2.logs(dir)
  const fill = { rig: null, site: null, route: null }
  const { poses, sweeps } = await argoverse2.open({ ...source, hashOf: () => '' }, fill, new SkipCounter())
  const sweep = await sweeps!.read(0)
  const origins = new RayOrigins(sweep, sweeps!.lidars, poses, invert(poses.at(sweep.timeNs)))
  const rays = { count: 0, fromM: new Float32Array(3 * sweep.count), toM: new Float32Array(3 * sweep.count) }
  for (let p = 0; p < sweep.count; p++) {
    const point = sweep.pointsM.subarray(3 * p, 3 * p + 3)
    const voxel = point.map((metres, axis) => Math.floor((metres - grid.originM[axis]) / grid.voxelM))
    if (voxel.some((v, axis) => v < 0 || v >= grid.dims[axis])) continue
    const at = 3 * rays.count++
    origins.write(sweep.lidar[p], sweep.offsetNs[p], rays.fromM, at)
    rays.toM.set(point, at)
  }
  return rays
}

/** On a grid without marks, for it leaves out what is marked. */
function castAnew(caster: RayCaster, rays: Rays): void {
  caster.clear()
  caster.cast(rays)
}

function repeat(run: () => void): void {
  for (let n = 0; n < casts; n++) run()
}

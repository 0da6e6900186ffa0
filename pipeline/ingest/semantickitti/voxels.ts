import { voxelCount } from '../../grid.js'
import { RayCaster } from '../occupancy/rayCaster.js'
import { freeCategory, type HashedLog, sourceOf, type VoxelGrid, type VoxelSource } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'
import { labelNames } from './labelTable.js'
import { faultOf, type GridFiles, kinds, VoxelFiles, voxelGrid } from './voxelFiles.js'

/** What `.occluded` leaves: what a line from this scan's place alone reaches. */
const singleScan = 'single_scan'
const count = voxelCount(voxelGrid)
/** Names by code: free, then the labels. */
const categories = [freeCategory, ...labelNames]
const unlabeled = categories.indexOf('unlabeled')
const outlier = categories.indexOf('outlier')

interface TimedGrid {
  timeNs: number
  files: GridFiles
}

/**
 * The voxels of a sequence (Behley et al. 2019, https://arxiv.org/abs/1904.01416, section 3.4), as `VoxelFiles` reads them.
 *
 * - With `.label`, the completed scene: known is what `.invalid` does not deny, that is what some scan of the sequence saw.
 *   Outliers are noise: not known, where the benchmark ignores them.
 * - With `.bin` alone (the test sequences), the voxels of one scan: known are those that a point is in, without a class
 *   (`unlabeled`), and as free those on the way from the LiDAR to their centres. That `.invalid` does not deny a voxel says
 *   too little then, for most of those only later scans saw; but what it denies is not known (3 % of the ways graze such).
 *
 * With `.occluded` at every grid, the mask `single_scan` says what was in line of sight of the scan at hand, past all that stands
 * in the completed scene. That file counts a voxel that is hit as occluded; here it is seen.
 */
export class Voxels implements VoxelSource {
  readonly grid = voxelGrid
  readonly categories = categories
  readonly masks: readonly string[]
  readonly timesNs: Float64Array
  private readonly caster = new RayCaster(voxelGrid)

  private constructor(
    private readonly log: HashedLog,
    private readonly grids: readonly TimedGrid[],
    private readonly from: VoxelFiles,
  ) {
    this.timesNs = Float64Array.from(grids, ({ timeNs }) => timeNs)
    this.masks = grids.every(({ files }) => files['.occluded']) ? [singleScan] : []
  }

  /**
   * Null without a grid. Grids without a time, with files of another size, or of which neither `.bin` nor `.label` with its
   * `.invalid` is there are left out and counted.
   */
  static async open(
    log: HashedLog,
    numbered: (ending: string) => ReadonlyMap<number, string>,
    timeOf: (number: number) => number | null,
    skips: SkipCounter,
  ): Promise<Voxels | null> {
    const byKind = kinds.map((kind) => [kind, numbered(kind)] as const)
    const numbers = new Set(byKind.flatMap(([, files]) => [...files.keys()]))
    const found: TimedGrid[] = []
    for (const number of [...numbers].sort((a, b) => a - b)) {
      const files: GridFiles = Object.fromEntries(byKind.map(([kind, all]) => [kind, all.get(number)]))
      const timeNs = timeOf(number)
      const fault = timeNs === null ? 'no time in times.txt of its number' : await faultOf(log.dir, files)
      if (timeNs !== null && fault === null) found.push({ timeNs, files })
      else skips.add('voxel grid', fault!, Object.values(files).find(Boolean)!)
    }
    if (found.length === 0) return null
    const from = await VoxelFiles.open(
      log.dir,
      found.map(({ files }) => files),
    )
    return new Voxels(log, found, from)
  }

  async read(index: number): Promise<VoxelGrid> {
    const { timeNs, files } = this.grids[index]
    const [hits, invalid] = [await this.from.bits(files, '.bin'), await this.from.bits(files, '.invalid')]
    const isCompleted = files['.label'] !== undefined
    const given = isCompleted
      ? completed(await this.from.labels(files['.label']!), invalid!)
      : this.ofOneScan(hits!, invalid)
    const occluded = this.masks.length > 0 ? await this.from.bits(files, '.occluded') : null
    const file = (isCompleted ? files['.label'] : files['.bin'])!
    return {
      ...given,
      timeNs,
      observedBy: occluded ? { [singleScan]: inSight(occluded, hits) } : {},
      file,
      source: sourceOf(this.log, file),
    }
  }

  private ofOneScan(hits: Uint8Array, invalid: Uint8Array | null): Pick<VoxelGrid, 'categories' | 'observed'> {
    const observed = this.passedOnTheWayTo(hits)
    const codes = new Uint8Array(count)
    for (let v = 0; v < count; v++) {
      if (invalid?.[v]) observed[v] = 0
      if (!hits[v]) continue
      observed[v] = 1
      codes[v] = unlabeled
    }
    return { categories: codes, observed }
  }

  private passedOnTheWayTo(hits: Uint8Array): Uint8Array {
    const { dims, originM, voxelM } = voxelGrid
    const centresM: number[] = []
    for (let v = 0; v < count; v++) {
      if (!hits[v]) continue
      const cells = [Math.floor(v / (dims[1] * dims[2])), Math.floor(v / dims[2]) % dims[1], v % dims[2]]
      centresM.push(...cells.map((cell, axis) => originM[axis] + (cell + 0.5) * voxelM))
    }
    const passed = new Uint8Array(count)
    this.caster.clear()
    // The LiDAR is at 0 0 0.
    const fromM = new Float32Array(centresM.length)
    this.caster.cast({ count: centresM.length / 3, fromM, toM: Float32Array.from(centresM) })
    this.caster.markPassed(passed)
    return passed
  }
}

/** `labels` are codes of `labelNames`, whose first stands for empty here. */
function completed(labels: Uint8Array, invalid: Uint8Array): Pick<VoxelGrid, 'categories' | 'observed'> {
  const [codes, observed] = [new Uint8Array(count), new Uint8Array(count)]
  for (let v = 0; v < count; v++) {
    codes[v] = labels[v] === 0 ? 0 : labels[v] + 1
    observed[v] = invalid[v] || codes[v] === outlier ? 0 : 1
  }
  return { categories: codes, observed }
}

function inSight(occluded: Uint8Array, hits: Uint8Array | null): Uint8Array {
  const seen = new Uint8Array(count)
  for (let v = 0; v < count; v++) seen[v] = occluded[v] && !hits?.[v] ? 0 : 1
  return seen
}

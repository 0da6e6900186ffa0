import { join } from 'node:path'
import { DataError } from '../../errors.js'
import { type Grid, grids, voxelCount } from '../../grid.js'
import { readWhole, sizeOf } from '../files/wholeFile.js'
import { RayCaster } from '../occupancy/rayCaster.js'
import { freeCategory, type HashedLog, sourceOf, type VoxelGrid, type VoxelSource } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'
import { codesOfIds, labelNames } from './labelTable.js'

/** Where the voxels lie in the LiDAR's frame. */
export const voxelGrid: Grid = grids.semantickitti

/** What `.occluded` leaves: what a line from this scan's place alone reaches. */
const singleScan = 'single_scan'
const kinds = ['.bin', '.label', '.invalid', '.occluded'] as const
type Kind = (typeof kinds)[number]
const count = voxelCount(voxelGrid)
const bytesOf = (kind: Kind) => (kind === '.label' ? 2 * count : count / 8)
/** Names by code: free, then the labels. */
const categories = [freeCategory, ...labelNames]
const unlabeled = categories.indexOf('unlabeled')
const outlier = categories.indexOf('outlier')

/** The files of one scan's voxels. */
interface GridFiles extends Partial<Record<Kind, string>> {
  timeNs: number
}

/**
 * `voxels/NNNNNN.*` (Behley et al. 2019, https://arxiv.org/abs/1904.01416, section 3.4): 256×256×32 voxels of 0.2 m, z
 * fastest. `.bin`, `.invalid` and `.occluded` are bits, the first voxel in the highest bit of a byte; `.label` is uint16,
 * 0 for empty.
 *
 * - With `.label`, the completed scene: known is what `.invalid` does not deny, that is what some scan of the sequence saw.
 *   Outliers are noise: not known, where the benchmark ignores them.
 * - With `.bin` alone (the test sequences), the voxels of one scan: known are those that a point is in, without a class
 *   (`unlabeled`), and as free those on the way from the LiDAR to their centres. That `.invalid` does not deny a voxel says
 *   too little then, for most of those only later scans saw; but what it denies is not known (3 % of the ways graze such).
 *
 * With `.occluded` at every grid, the mask `single_scan` says what was in line of sight of the scan at hand. That file counts
 * a voxel that is hit as occluded; here it is seen.
 */
export class Voxels implements VoxelSource {
  readonly grid = voxelGrid
  readonly categories = categories
  readonly masks: readonly string[]
  readonly timesNs: Float64Array
  private readonly caster = new RayCaster(voxelGrid)

  private constructor(
    private readonly log: HashedLog,
    private readonly grids: readonly GridFiles[],
  ) {
    this.timesNs = Float64Array.from(grids, ({ timeNs }) => timeNs)
    this.masks = grids.every((files) => files['.occluded']) ? [singleScan] : []
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
    const found: GridFiles[] = []
    for (const number of [...numbers].sort((a, b) => a - b)) {
      const files = Object.fromEntries(byKind.map(([kind, all]) => [kind, all.get(number)])) as Partial<
        Record<Kind, string>
      >
      const timeNs = timeOf(number)
      const fault = timeNs === null ? 'no time in times.txt of its number' : await faultOf(log.dir, files)
      if (timeNs !== null && fault === null) found.push({ ...files, timeNs })
      else skips.add('voxel grid', fault!, Object.values(files).find(Boolean)!)
    }
    return found.length > 0 ? new Voxels(log, found) : null
  }

  async read(index: number): Promise<VoxelGrid> {
    const files = this.grids[index]
    const [hits, invalid] = [await this.bits(files['.bin']), await this.bits(files['.invalid'])]
    const isCompleted = files['.label'] !== undefined
    const given = isCompleted
      ? completed(await this.labels(files['.label']!), invalid!)
      : this.ofOneScan(hits!, invalid)
    const occluded = this.masks.length > 0 ? await this.bits(files['.occluded']) : null
    const file = (isCompleted ? files['.label'] : files['.bin'])!
    return {
      ...given,
      timeNs: files.timeNs,
      observedBy: occluded ? { [singleScan]: occluded.map((bit, v) => (bit && !hits?.[v] ? 0 : 1)) } : {},
      file,
      source: sourceOf(this.log, file),
    }
  }

  private ofOneScan(hits: Uint8Array, invalid: Uint8Array | null): Pick<VoxelGrid, 'categories' | 'observed'> {
    const observed = this.passedOnTheWayTo(hits)
    for (let v = 0; v < count; v++) {
      if (invalid?.[v]) observed[v] = 0
      if (hits[v]) observed[v] = 1
    }
    return { categories: hits.map((hit) => (hit ? unlabeled : 0)), observed }
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

  private async labels(file: string): Promise<Uint8Array> {
    const bytes = await this.bytes(file, '.label')
    const ids = new Uint16Array(count)
    for (let v = 0; v < count; v++) ids[v] = bytes.readUInt16LE(2 * v)
    return codesOfIds(ids, join(this.log.dir, file))
  }

  /** One byte a voxel; null without the file. */
  private async bits(file: string | undefined): Promise<Uint8Array | null> {
    if (!file) return null
    const bytes = await this.bytes(file, '.bin')
    const bits = new Uint8Array(count)
    for (let v = 0; v < count; v++) bits[v] = (bytes[v >> 3] >> (7 - (v & 7))) & 1
    return bits
  }

  private async bytes(name: string, kind: Kind): Promise<Buffer> {
    const file = join(this.log.dir, name)
    const bytes = await readWhole(file)
    if (bytes.length === bytesOf(kind)) return bytes
    throw new DataError('not a voxel grid', { file, expected: `${bytesOf(kind)} bytes`, actual: `${bytes.length}` })
  }
}

/** `labels` are codes of `labelNames`, whose first stands for empty here. */
function completed(labels: Uint8Array, invalid: Uint8Array): Pick<VoxelGrid, 'categories' | 'observed'> {
  const codes = labels.map((code) => (code === 0 ? 0 : code + 1))
  return { categories: codes, observed: codes.map((code, v) => (invalid[v] || code === outlier ? 0 : 1)) }
}

async function faultOf(dir: string, files: Partial<Record<Kind, string>>): Promise<string | null> {
  if (!files['.bin'] && !files['.label']) return 'neither .bin nor .label of its number'
  if (files['.label'] && !files['.invalid']) return 'labels without .invalid, which tells what is known'
  for (const kind of kinds) {
    const file = files[kind]
    if (file && (await sizeOf(join(dir, file))) !== bytesOf(kind)) return `${kind} is not of ${bytesOf(kind)} bytes`
  }
  return null
}

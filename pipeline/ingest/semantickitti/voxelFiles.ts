import { join } from 'node:path'
import { DataError } from '../../errors.js'
import { type Grid, grids, unpackBits, voxelCount } from '../../grid.js'
import { readWhole, sizeOf } from '../files/wholeFile.js'
import { codesOfIds } from './labelTable.js'
import { areShifted } from './shiftedVoxels.js'

/** Where the voxels lie in the LiDAR's frame. */
export const voxelGrid: Grid = grids.semantickitti

export const kinds = ['.bin', '.label', '.invalid', '.occluded'] as const
type Kind = (typeof kinds)[number]
type BitKind = Exclude<Kind, '.label'>

/** The files of one scan's voxels, below the log's folder. */
export type GridFiles = Partial<Record<Kind, string>>

const count = voxelCount(voxelGrid)
const bytesOf = (kind: Kind) => (kind === '.label' ? 2 * count : count / 8)
/** By byte the one with its bits from the last to the first: our masks have the first voxel in the lowest bit. */
const mirrored = Uint8Array.from({ length: 256 }, (_, byte) =>
  Array.from({ length: 8 }, (_, bit) => ((byte >> bit) & 1) << (7 - bit)).reduce((bits, bit) => bits | bit),
)
/** What the file says of the voxel that shifted files lack: nothing there, and not known. */
const lacking: Readonly<Record<BitKind, 0 | 1>> = { '.bin': 0, '.invalid': 1, '.occluded': 1 }

/**
 * `voxels/NNNNNN.*`: 256×256×32 voxels of 0.2 m, z fastest. `.bin`, `.invalid` and `.occluded` are bits, the first voxel in the
 * highest bit of a byte; `.label` is uint16, 0 for empty. Files whose voxels are one place off are read as they were meant.
 */
export class VoxelFiles {
  private constructor(
    private readonly dir: string,
    private readonly isShifted: boolean,
  ) {}

  /** `found` are the grids of the log whose folder `dir` is. Throws DataError when one cannot be read. */
  static async open(dir: string, found: readonly GridFiles[]): Promise<VoxelFiles> {
    return new VoxelFiles(dir, await areShifted(found, (file, kind) => readGrid(dir, file, kind)))
  }

  /** Codes of `labelNames`, one a voxel. */
  async labels(file: string): Promise<Uint8Array> {
    const bytes = await readGrid(this.dir, file, '.label')
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const ids = new Uint16Array(count)
    for (let v = 0; v < count; v++) ids[v] = view.getUint16(2 * v, true)
    return this.inPlace(codesOfIds(ids, join(this.dir, file)), 0)
  }

  /** One byte a voxel; null without the file. */
  async bits(files: GridFiles, kind: BitKind): Promise<Uint8Array | null> {
    const file = files[kind]
    if (!file) return null
    const bytes = await readGrid(this.dir, file, kind)
    for (let at = 0; at < bytes.length; at++) bytes[at] = mirrored[bytes[at]]
    return this.inPlace(unpackBits(bytes, count), lacking[kind])
  }

  private inPlace(voxels: Uint8Array, last: number): Uint8Array {
    if (this.isShifted) voxels.copyWithin(0, 1).fill(last, count - 1)
    return voxels
  }
}

async function readGrid(dir: string, name: string, kind: Kind): Promise<Buffer> {
  const file = join(dir, name)
  const bytes = await readWhole(file)
  if (bytes.length === bytesOf(kind)) return bytes
  throw new DataError('not a voxel grid', { file, expected: `${bytesOf(kind)} bytes`, actual: `${bytes.length}` })
}

/** Why a grid's files make no grid; null when they do. */
export async function faultOf(dir: string, files: GridFiles): Promise<string | null> {
  if (!files['.bin'] && !files['.label']) return 'neither .bin nor .label of its number'
  if (files['.label'] && !files['.invalid']) return 'labels without .invalid, which tells what is known'
  for (const kind of kinds) {
    const file = files[kind]
    if (file && (await sizeOf(join(dir, file))) !== bytesOf(kind)) return `${kind} is not of ${bytesOf(kind)} bytes`
  }
  return null
}

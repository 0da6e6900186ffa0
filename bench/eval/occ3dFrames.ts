import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { grids, packBits, voxelCount } from '../../pipeline/grid.js'
import { openNpz } from '../../pipeline/ingest/files/npz.js'
import { type Rng, stream } from '../../pipeline/random.js'
import { freeIndex, taxonomies } from '../../pipeline/taxonomy.js'

export const grid = grids.occ3d
export const taxonomy = taxonomies['occ3d-nuscenes']
const sample = join('occ3d', 'gts', 'scene-unknown', '29796060110c4163b07f06eff4af0753', 'labels.npz')

/** Frames in memory, as each side has them: ours keeps a mask as bits, Occ3D as a byte a voxel. */
export interface Occ3dFrames {
  truth: Uint8Array[]
  predicted: Uint8Array[]
  camera: Uint8Array[]
  /** What they are, for the report. */
  what: string
}

/**
 * Frames of the Occ3D grid and a prediction of each, also written to `folder` for Python: `truth.bin`, `predicted.bin` and
 * `camera.bin`, a byte a voxel, one frame after the other. They are the sample of Occ3D-nuScenes, a street made up where
 * there is none, turned and moved about; a prediction is its truth with a tenth of the columns moved by a voxel and a
 * tenth of the occupied voxels called another class.
 */
export async function occ3dFrames(folder: string, count: number, data: string | null): Promise<Occ3dFrames> {
  const base = data ? await realFrame(join(data, sample)) : madeUpFrame()
  const frames = Array.from({ length: count }, (_, n) => variation(base, stream(5, 'occ3d frame', n)))
  const write = (name: 'truth' | 'predicted' | 'camera') =>
    writeFileSync(join(folder, `${name}.bin`), Buffer.concat(frames.map((frame) => frame[name])))
  for (const name of ['truth', 'predicted', 'camera'] as const) write(name)
  const seen = base.camera.reduce((sum, bit) => sum + bit, 0)
  return {
    truth: frames.map(({ truth }) => truth),
    predicted: frames.map(({ predicted }) => predicted),
    camera: frames.map(({ camera }) => packBits(camera)),
    what: `${data ? 'a frame of Occ3D-nuScenes' : 'a made-up street'}, moved about, ${seen.toLocaleString('en-GB')} voxels seen`,
  }
}

interface Bytes {
  truth: Uint8Array
  camera: Uint8Array
}

async function realFrame(file: string): Promise<Bytes> {
  const npz = await openNpz(file)
  try {
    const bytes = async (name: string) => Uint8Array.from((await npz.read(name)).data as Uint8Array)
    return { truth: await bytes('semantics'), camera: await bytes('mask_camera') }
  } finally {
    await npz.close()
  }
}

/** A road between houses and cars, seen where a voxel or one below it is occupied, within 30 m. */
function madeUpFrame(): Bytes {
  const [X, Y, Z] = grid.dims
  const truth = new Uint8Array(voxelCount(grid)).fill(freeIndex(taxonomy))
  const camera = new Uint8Array(truth.length)
  for (let i = 0; i < X; i++)
    for (let j = 0; j < Y; j++) {
      const column = (i * Y + j) * Z
      const [isHouse, isCar] = [j < 40 || j > 160, j > 90 && j < 96 && i % 30 < 11]
      for (let k = 0; k < (isHouse ? 14 : isCar ? 6 : 3); k++)
        truth[column + k] = isHouse ? 15 : isCar && k > 2 ? 4 : 11
      if (Math.abs(i - 100) < 75 && j > 38 && j < 162) camera.fill(1, column + 2, column + (isHouse ? 14 : 5))
    }
  return { truth, camera }
}

/** The frame mirrored or not and moved along x and y, and a prediction of it. */
function variation({ truth, camera }: Bytes, rng: Rng): Bytes & { predicted: Uint8Array } {
  const [X, Y, Z] = grid.dims
  const [shiftX, shiftY, mirrors] = [rng.int(41) - 20, rng.int(41) - 20, rng.float() < 0.5]
  const free = freeIndex(taxonomy)
  const moved = { truth: new Uint8Array(truth.length), camera: new Uint8Array(truth.length) }
  const predicted = new Uint8Array(truth.length)
  for (let i = 0; i < X; i++)
    for (let j = 0; j < Y; j++) {
      const from = (((i + shiftX + X) % X) * Y + (((mirrors ? Y - 1 - j : j) + shiftY + Y) % Y)) * Z
      const to = (i * Y + j) * Z
      moved.truth.set(truth.subarray(from, from + Z), to)
      moved.camera.set(camera.subarray(from, from + Z), to)
      const lift = rng.float() < 0.1 ? 1 : 0
      for (let k = 0; k < Z; k++) {
        const label = k < lift ? free : truth[from + k - lift]
        predicted[to + k] = label !== free && rng.float() < 0.1 ? rng.int(free) : label
      }
    }
  return { ...moved, predicted }
}

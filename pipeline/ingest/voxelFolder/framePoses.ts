import { join } from 'node:path'
import { DataError } from '../../errors.js'
import type { NpyArray } from '../files/npy.js'
import { readPosesTable } from '../files/posesTable.js'
import { PoseTrack } from '../poseTrack.js'
import { quaternionFromMatrix } from '../rotation.js'
import type { VoxelDescription } from './description.js'
import type { FrameFile } from './frameFiles.js'
import { withNpz } from './voxelFolder.js'

/** `cityFromEgo` from the frames' own files or from the table beside them. Throws DataError that names the file. */
export async function framePoses(
  dir: string,
  frames: readonly FrameFile[],
  { poses }: VoxelDescription,
): Promise<PoseTrack> {
  if ('file' in poses) return new PoseTrack(await readPosesTable(join(dir, poses.file)))
  const matrices: Float64Array[] = []
  for (const { file } of frames) {
    const path = join(dir, file)
    matrices.push(matrixOf(await withNpz(path, (npz) => npz.read(poses.array)), path, poses.array))
  }
  const rotations = matrices.map((m, index) => {
    const q = quaternionFromMatrix([m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]])
    if (q) return q
    throw notAPose(join(dir, frames[index].file), poses.array, [...m].join(', '))
  })
  return new PoseTrack({
    file: join(dir, `${poses.array} of each frame`),
    timestampNs: BigInt64Array.from(frames, ({ timestampNs }) => timestampNs),
    q: [0, 1, 2, 3].map((i) => Float64Array.from(rotations, (q) => q[i])),
    t: [3, 7, 11].map((i) => Float64Array.from(matrices, (m) => m[i])),
  })
}

function matrixOf({ shape, data }: NpyArray, file: string, array: string): Float64Array {
  if (shape.join() !== '4,4') throw notAPose(file, array, `shape (${shape.join(', ')})`)
  const m = Float64Array.from<number | bigint>(data, Number)
  const isRigid = m.every(Number.isFinite) && m[12] === 0 && m[13] === 0 && m[14] === 0 && m[15] === 1
  if (!isRigid) throw notAPose(file, array, [...m].join(', '))
  return m
}

function notAPose(file: string, array: string, actual: string): DataError {
  return new DataError('not a pose', {
    file,
    place: `array '${array}'`,
    expected: 'a 4×4 matrix of a rotation and a translation in m',
    actual,
  })
}

import type { Pose } from '../../pose.js'
import type { PoseColumns } from '../usablePoses.js'

/** Poses as columns. Null stands for a row that is no pose: `PoseTrack` leaves it out and says so. */
export function poseColumns(
  file: string,
  timestampsNs: readonly bigint[],
  poses: readonly (Pose | null)[],
): PoseColumns {
  const column = (of: (pose: Pose) => number) => Float64Array.from(poses, (pose) => (pose ? of(pose) : Number.NaN))
  return {
    file,
    timestampNs: BigInt64Array.from(timestampsNs),
    q: [0, 1, 2, 3].map((i) => column(({ q }) => q[i])),
    t: [0, 1, 2].map((i) => column(({ t }) => t[i])),
  }
}

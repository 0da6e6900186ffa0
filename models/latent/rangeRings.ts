import type { Grid } from '../../pipeline/grid.js'

/** Distances from the ego, metres, at which one ring ends and the next begins. */
export const ringEdgesM = [10, 20, 40]

/** `0-10m`, `10-20m`, `20-40m`, `40m-`. */
export const ringNames = [0, ...ringEdgesM].map((from, i) =>
  i < ringEdgesM.length ? `${from}-${ringEdgesM[i]}m` : `${from}m-`,
)

/** The ring of every column, by the distance of its centre from the ego's z axis; [X·Y], y fastest. */
export function ringOfColumns({ originM, voxelM, dims }: Grid): Uint8Array {
  const [X, Y] = dims
  return Uint8Array.from({ length: X * Y }, (_, column) => {
    const x = originM[0] + (Math.floor(column / Y) + 0.5) * voxelM
    const y = originM[1] + ((column % Y) + 0.5) * voxelM
    const beyond = ringEdgesM.filter((edgeM) => x * x + y * y >= edgeM * edgeM)
    return beyond.length
  })
}

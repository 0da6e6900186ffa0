import type { Frame } from '../../pipeline/schema.js'
import type { VoxelClass } from '../../pipeline/taxonomy.js'
import type { ProbeWorld } from './probe.js'

/**
 * Horizontal distance from the ego's origin to the centre of the nearest voxel of the classes, metres; null when the
 * grid holds none.
 */
export function nearestM(
  { semantics }: Frame,
  { grid, taxonomy }: ProbeWorld,
  counts: (voxelClass: VoxelClass) => boolean,
): number | null {
  const wanted = taxonomy.classes.map(counts)
  const {
    originM,
    voxelM,
    dims: [X, Y, Z],
  } = grid
  let nearest2 = Number.POSITIVE_INFINITY
  for (let i = 0; i < X; i++)
    for (let j = 0; j < Y; j++) {
      const x = originM[0] + (i + 0.5) * voxelM
      const y = originM[1] + (j + 0.5) * voxelM
      const squared = x * x + y * y
      if (squared >= nearest2) continue
      const column = (i * Y + j) * Z
      for (let k = 0; k < Z; k++)
        if (wanted[semantics[column + k]]) {
          nearest2 = squared
          break
        }
    }
  return nearest2 === Number.POSITIVE_INFINITY ? null : Math.sqrt(nearest2)
}

/**
 * Voxels at the surface between classes: those with a voxel of another class across one of their six faces. Both must
 * count: what was not observed has no class, so nothing is known of a surface there.
 *
 * @param labels [B, X, Y, Z] class indices, z fastest
 * @param counted same shape; 0 leaves a voxel out
 * @returns same shape: 1 at a boundary, else 0
 */
export function boundaryVoxels(
  labels: ArrayLike<number>,
  counted: ArrayLike<number>,
  [X, Y, Z]: readonly [number, number, number],
): Uint8Array {
  const found = new Uint8Array(labels.length)
  const mark = (a: number, b: number) => {
    if (labels[a] === labels[b] || counted[a] === 0 || counted[b] === 0) return
    found[a] = 1
    found[b] = 1
  }
  for (let column = 0, voxel = 0; voxel < labels.length; column++) {
    const [hasLeft, hasAhead] = [(column + 1) % Y > 0, (Math.floor(column / Y) + 1) % X > 0]
    for (let k = 0; k < Z; k++, voxel++) {
      if (k + 1 < Z) mark(voxel, voxel + 1)
      if (hasLeft) mark(voxel, voxel + Z)
      if (hasAhead) mark(voxel, voxel + Y * Z)
    }
  }
  return found
}

import { type Corruption, copyOf } from './corruption.js'

/** Side of a masked square, columns. */
const side = 4

/**
 * Squares of columns, from the ground up, that the encoder is not shown: masked autoencoding (He et al. 2022,
 * https://arxiv.org/abs/2111.06377), of voxels as in Occupancy-MAE (Min et al. 2024, https://arxiv.org/abs/2206.09900).
 * The given share of the grid's 4×4-column squares, rounded to whole ones, is unobserved. They are drawn evenly over the
 * grid, not more often near the ego as theirs are.
 */
export const maskedCells: Corruption = {
  unit: 'share',
  most: 1,
  apply(view, share, { grid, free }, rng) {
    const changed = copyOf(view)
    const [X, Y, Z] = grid.dims
    const across = Math.ceil(Y / side)
    const squares = Math.ceil(X / side) * across
    const all = Array.from({ length: squares }, (_, square) => square)
    const masked = new Uint8Array(squares)
    for (const square of rng.shuffle(all).slice(0, Math.round(share * squares))) masked[square] = 1
    for (let i = 0; i < X; i++)
      for (let j = 0; j < Y; j++) {
        if (masked[Math.floor(i / side) * across + Math.floor(j / side)] === 0) continue
        const start = (i * Y + j) * Z
        changed.semantics.fill(free, start, start + Z)
        changed.observed.fill(0, start, start + Z)
      }
    return changed
  },
}

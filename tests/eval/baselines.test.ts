import { describe, expect, it } from 'vitest'
import { warpByEgoMotion } from '../../eval/baselines.js'
import type { Grid } from '../../pipeline/grid.js'
import { identity, poseFromYaw } from '../../pipeline/pose.js'

const free = 9
/** 4 × 4 × 1 cells of 1 m, the ego in the middle: cell (i, j) has its centre at (i − 1.5, j − 1.5). */
const grid: Grid = { name: 'small', originM: [-2, -2, 0], voxelM: 1, dims: [4, 4, 1] }
const at = (i: number, j: number) => i * 4 + j
const withOne = (i: number, j: number) => {
  const cells = new Uint8Array(16).fill(free)
  cells[at(i, j)] = 3
  return cells
}

describe('warping by the ego motion', () => {
  it('changes nothing when the ego stands still', () => {
    const cells = Uint8Array.from({ length: 16 }, (_, i) => i % 10)
    expect(warpByEgoMotion(cells, grid, identity, identity, free)).toEqual(cells)
  })

  it('moves what stands still back by a cell when the ego drives on by one', () => {
    const warped = warpByEgoMotion(withOne(2, 1), grid, identity, poseFromYaw(0, [1, 0, 0]), free)
    expect(warped).toEqual(withOne(1, 1))
  })

  it('is free where the earlier frame saw nothing', () => {
    const full = new Uint8Array(16).fill(3)
    const warped = warpByEgoMotion(full, grid, identity, poseFromYaw(0, [1, 0, 0]), free)
    expect([...warped.subarray(0, 12)].every((c) => c === 3)).toBe(true)
    expect([...warped.subarray(12)].every((c) => c === free)).toBe(true)
  })

  it('turns the world to the right when the ego turns left by 90°', () => {
    // Ahead-left of the ego at (0.5, 1.5) becomes ahead-right at (1.5, −0.5).
    const warped = warpByEgoMotion(withOne(2, 3), grid, identity, poseFromYaw(Math.PI / 2 - 1e-9), free)
    expect(warped).toEqual(withOne(3, 1))
  })
})

import { describe, expect, test } from 'vitest'
import { type Grid, grids, voxelCount } from '../../../../pipeline/grid.js'
import { axisPairs, sameCells, VoxelPairs } from '../../../../pipeline/ingest/occupancy/gridMap.js'
import { stream } from '../../../../pipeline/random.js'

const row = (originM: number, voxelM: number, cells: number): Grid => ({
  name: 'row',
  originM: [originM, originM, originM],
  voxelM,
  dims: [cells, cells, cells],
})
const pairsOf = (source: Grid, target: Grid) => {
  const { source: from, target: to } = axisPairs(source, target, 0)
  return [...from].map((cell, i) => [cell, to[i]])
}

describe('how the cells of an axis fall on another grid', () => {
  test('two to one: cells 0 and 1 to 0, 2 and 3 to 1', () => {
    expect(pairsOf(row(0, 1, 4), row(0, 2, 2))).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 1],
    ])
  })

  test('one to two: cell 0 fills 0 and 1, cell 1 fills 2 and 3', () => {
    expect(pairsOf(row(0, 2, 2), row(0, 1, 4))).toEqual([
      [0, 0],
      [0, 1],
      [1, 2],
      [1, 3],
    ])
  })

  test('what lies outside the target, or of it outside the source, has no partner', () => {
    // Source cells from −1 to 3 m, the target's from 1 to 5 m.
    expect(pairsOf(row(-1, 1, 4), row(1, 1, 4))).toEqual([
      [2, 0],
      [3, 1],
    ])
    expect(pairsOf(row(0, 1, 4), row(10, 1, 4))).toEqual([])
  })

  test('0.4 m on 0.5 m: centres 0.2 0.6 1.0 1.4 1.8 2.2 m; the one on a border goes up, wherever the grids start', () => {
    const expected = [0, 1, 2, 2, 3, 4, 5, 6]
    for (const originM of [0, -40, -1, 0.4, 1.1, 5.2])
      expect([originM, pairsOf(row(originM, 0.4, 8), row(originM, 0.5, 7)).map(([, to]) => to)]).toEqual([
        originM,
        expected,
      ])
  })

  test('every cell of a larger target within the source gets a cell, on all the presets', () => {
    for (const source of Object.values(grids))
      for (const target of Object.values(grids))
        for (const axis of [0, 1, 2] as const) {
          const { source: from, target: to } = axisPairs(source, target, axis)
          const [low, high] = [Math.min(...to), Math.max(...to)]
          expect(new Set(to).size, `${source.name} to ${target.name}`).toBe(high - low + 1)
          expect(new Set(from).size).toBe(Math.max(...from) - Math.min(...from) + 1)
        }
  })
})

test('the same cells, but for the name and rounding', () => {
  const { occ3d, compact } = grids
  expect(sameCells(occ3d, { ...occ3d, name: 'other', originM: [-40 + 1e-9, -40, -1] })).toBe(true)
  expect(sameCells(occ3d, compact)).toBe(false)
  expect(sameCells(occ3d, { ...occ3d, originM: [-40, -39.9, -1] })).toBe(false)
  expect(sameCells(occ3d, { ...occ3d, dims: [200, 200, 15] })).toBe(false)
  expect(sameCells(occ3d, { ...occ3d, voxelM: 0.5 })).toBe(false)
})

test('pairs of voxels: 2×2×2 of 1 m into the one of 2 m that holds them, z fastest', () => {
  const pairs = new VoxelPairs(row(0, 1, 2), row(-2, 2, 3))
  const seen: number[][] = []
  pairs.forEach((from, to) => void seen.push([from, to]))
  // Target cell (1, 1, 1) of 3×3×3 is 13.
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((from) => [from, 13]))
  expect(pairs.count).toBe(8)
  expect(new VoxelPairs(row(0, 1, 2), row(50, 1, 2)).count).toBe(0)
})

test.each([1, 2, 3])('seed %i: a voxel’s partner holds its centre, or the other way round', (seed) => {
  const random = stream(seed, 'gridMap')
  const some = (name: string): Grid => ({
    name,
    originM: [random.uniform(-1, 0), random.uniform(-1, 0), random.uniform(-1, 0)],
    voxelM: random.uniform(0.2, 1),
    dims: [12, 9, 7],
  })
  const [source, target] = [some('source'), some('target')]
  const centre = ({ originM, voxelM, dims }: Grid, voxel: number) => {
    const cells = [Math.floor(voxel / (dims[1] * dims[2])), Math.floor(voxel / dims[2]) % dims[1], voxel % dims[2]]
    return cells.map((cell, axis) => originM[axis] + (cell + 0.5) * voxelM)
  }
  const voxelAt = ({ originM, voxelM, dims }: Grid, at: number[]) => {
    const cells = at.map((metres, axis) => Math.floor((metres - originM[axis]) / voxelM))
    if (cells.some((cell, axis) => cell < 0 || cell >= dims[axis])) return null
    return (cells[0] * dims[1] + cells[1]) * dims[2] + cells[2]
  }
  const [small, large] = source.voxelM <= target.voxelM ? [source, target] : [target, source]
  const expected = Array.from({ length: voxelCount(small) }, (_, voxel) => [
    voxel,
    voxelAt(large, centre(small, voxel)),
  ])
    .filter(([, partner]) => partner !== null)
    .map(([a, b]) => (small === source ? [a, b] : [b, a]))
  const seen: number[][] = []
  new VoxelPairs(source, target).forEach((from, to) => void seen.push([from, to]))
  expect(seen).toEqual(expected)
  expect(seen.length).toBeGreaterThan(0)
})

import { describe, expect, test } from 'vitest'
import type { Grid } from '../../../pipeline/grid.js'
import type { NpyArray } from '../../../pipeline/ingest/files/npy.js'
import { SkipCounter } from '../../../pipeline/ingest/skipCounter.js'
import { axisOrders, type VoxelDescription } from '../../../pipeline/ingest/voxelFolder/description.js'
import { GridInEgo } from '../../../pipeline/ingest/voxelFolder/gridInEgo.js'
import { VoxelDecoder } from '../../../pipeline/ingest/voxelFolder/voxelDecoder.js'
import { poseFromYaw } from '../../../pipeline/pose.js'

const grid: Grid = { name: 'small', originM: [0, 0, 0], voxelM: 1, dims: [2, 3, 4] }
const description: VoxelDescription = {
  grid,
  folder: '',
  array: 'labels',
  layout: 'dense',
  axes: 'xyz',
  classes: { 0: 'free', 7: 'car', 300: 'road' },
  unknown: [9],
  masks: {},
  times: { rateHz: 2 },
  poses: { file: 'poses.csv' },
  frame: null,
  sensors: [],
  vocabulary: null,
}
const place = { file: 'log/0.npz', array: 'labels' }

function decoder(some: Partial<VoxelDescription> = {}) {
  const skips = new SkipCounter()
  return { skips, decoder: new VoxelDecoder({ ...description, ...some }, skips) }
}

describe('a dense array', () => {
  test.each(axisOrders)(
    'of axes %s: a car at (1, 2, 3), a road at (0, 1, 2), what nobody knows at (0, 0, 1)',
    (axes) => {
      const shape = [...axes].map((axis) => grid.dims['xyz'.indexOf(axis)])
      const data = new Uint16Array(24)
      const put = (at: [number, number, number], code: number) => {
        const [a, b, c] = [...axes].map((axis) => at['xyz'.indexOf(axis)])
        data[(a * shape[1] + b) * shape[2] + c] = code
      }
      put([1, 2, 3], 7)
      put([0, 1, 2], 300)
      put([0, 0, 1], 9)
      const { decoder: made } = decoder({ axes })
      const { categories, known } = made.voxels({ shape, data }, place)
      expect(made.categories).toEqual(['free', 'car', 'road'])
      // Voxel (i, j, k) is (3 i + j) 4 + k.
      const expected = new Uint8Array(24)
      expected[23] = 1
      expected[6] = 2
      expect(categories).toEqual(expected)
      expect([...known.keys()].filter((voxel) => !known[voxel])).toEqual([1])
      expect(made.mask({ shape, data }, place).reduce((sum, bit) => sum + bit, 0)).toBe(3)
    },
  )

  const array = (data: NpyArray['data'], shape = [2, 3, 4]): NpyArray => ({ shape, data })

  test.each<[string, NpyArray, string]>([
    ['another shape', array(new Uint8Array(24), [4, 3, 2]), '(expected (2, 3, 4), axes xyz, found (4, 3, 2))'],
    ['fewer axes', array(new Uint8Array(24), [24]), '(expected (2, 3, 4), axes xyz, found (24))'],
    [
      'a code without a class',
      array(new Uint8Array(24).fill(5, 20, 21)),
      'element 20: a code that stands for no class (expected 0, 7, 300, 9, found 5)',
    ],
    ['a negative code', array(new Int8Array(24).fill(-7)), 'found -7'],
    ['half a code', array(new Float32Array(24).fill(0.5)), 'found 0.5'],
    ['no number', array(new Float64Array(24).fill(Number.NaN)), 'found NaN'],
    ['a code beyond all', array(new BigInt64Array(24).fill(70_000n)), 'found 70000'],
  ])('%s is refused, file and array named', (_name, given, message) => {
    const { decoder: made } = decoder()
    expect(() => made.voxels(given, place)).toThrow(message)
    expect(() => made.voxels(given, place)).toThrow("log/0.npz, array 'labels'")
  })

  test('whole floats and 64-bit integers are codes too; classes of one name are one category', () => {
    const { decoder: made } = decoder({ classes: { 0: 'free', 1: 'car', 2: 'car' } })
    expect(made.categories).toEqual(['free', 'car'])
    const codes = Array.from({ length: 24 }, (_, i) => i % 3)
    const expected = Uint8Array.from(codes, (code) => Math.min(code, 1))
    expect(made.voxels(array(Float32Array.from(codes)), place).categories).toEqual(expected)
    expect(made.voxels(array(BigUint64Array.from(codes.map(BigInt))), place).categories).toEqual(expected)
  })
})

describe('a sparse array', () => {
  const sparse = { layout: 'sparse', axes: 'zyx', classes: { 7: 'car', 300: 'road' } } as const
  const rows = (values: number[][]): NpyArray => ({
    shape: [values.length, values[0]?.length ?? 4],
    data: Int32Array.from(values.flat()),
  })

  test('indices z, y, x and the code last; what is not listed is free and known', () => {
    const { decoder: made, skips } = decoder(sparse)
    const { categories, known } = made.voxels(
      rows([
        [3, 2, 1, 7],
        [2, 1, 0, 300],
        [1, 0, 0, 9],
      ]),
      place,
    )
    expect(made.categories).toEqual(['car', 'road', 'free'])
    const expected = new Uint8Array(24).fill(2)
    expected[23] = 0
    expected[6] = 1
    expect(categories).toEqual(expected)
    expect([...known.keys()].filter((voxel) => !known[voxel])).toEqual([1])
    expect(skips.list('')).toEqual([])
  })

  test('velocities between indices and code are passed over; no rows are an empty grid', () => {
    const { decoder: made } = decoder(sparse)
    expect(made.voxels(rows([[3, 2, 1, -5, 5, 5, 7]]), place).categories[23]).toBe(0)
    expect(made.voxels(rows([]), place).categories.every((category) => category === 2)).toBe(true)
  })

  test('a voxel outside the grid or listed before is left out and counted with its row', () => {
    const { decoder: made, skips } = decoder(sparse)
    const { categories } = made.voxels(
      rows([
        [0, 0, 0, 7],
        [4, 0, 0, 7],
        [0, 0, 0, 300],
        [0, -1, 0, 7],
      ]),
      place,
    )
    expect(categories[0]).toBe(0)
    expect(categories.filter((category) => category !== 2)).toHaveLength(1)
    expect(skips.list('')).toEqual([
      { what: 'voxel', why: 'its indices are not in the grid', where: 'log/0.npz, row 1', count: 2 },
      { what: 'voxel', why: 'listed a second time', where: 'log/0.npz, row 2', count: 1 },
    ])
  })

  test('three columns, and a code without a class, are refused', () => {
    const { decoder: made } = decoder(sparse)
    expect(() => made.voxels(rows([[0, 0, 0]]), place)).toThrow('another shape')
    expect(() => made.voxels(rows([[0, 0, 0, 8]]), place)).toThrow('element 3: a code that stands for no class')
  })
})

describe('a grid in the axes of a sensor', () => {
  test('that looks left: its x is the ego’s y, its y backwards; a voxel keeps its place in the world', () => {
    // A sensor at (10, 0, 2), turned a quarter to the left: sensor (0.5, 2.5, 0.5) is ego (10 − 2.5, 0.5, 2.5).
    const moved = new GridInEgo(grid, poseFromYaw(Math.PI / 2, [10, 0, 2]))
    expect(moved.grid.dims).toEqual([3, 2, 4])
    expect(moved.grid.originM.map((m) => Math.round(m * 1e9) / 1e9)).toEqual([7, 0, 2])
    const values = new Uint8Array(24)
    // Sensor voxel (0, 2, 0), and the ego's (0, 0, 0).
    values[8] = 1
    const gathered = moved.gather(values, 9)
    expect([...gathered.keys()].filter((voxel) => gathered[voxel])).toEqual([0])
  })

  test('turned by an eighth: the corners of the ego grid lie outside, its middle does not', () => {
    const square: Grid = { name: 'square', originM: [-5, -5, 0], voxelM: 1, dims: [10, 10, 1] }
    const moved = new GridInEgo(square, poseFromYaw(Math.PI / 4))
    const gathered = moved.gather(new Uint8Array(100).fill(1), 0)
    expect([gathered[0], gathered[9], gathered[90], gathered[99]]).toEqual([0, 0, 0, 0])
    expect([gathered[44], gathered[45], gathered[54], gathered[55]]).toEqual([1, 1, 1, 1])
  })
})

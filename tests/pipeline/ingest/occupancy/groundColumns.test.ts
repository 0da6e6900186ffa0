import { describe, expect, test } from 'vitest'
import type { Grid } from '../../../../pipeline/grid.js'
import { GroundMap, type HeightRaster, type Ring } from '../../../../pipeline/ingest/groundMap.js'
import { GroundColumns } from '../../../../pipeline/ingest/occupancy/groundColumns.js'
import { identity, type Pose, poseFromYaw, transform } from '../../../../pipeline/pose.js'
import { stream } from '../../../../pipeline/random.js'

const grid: Grid = { name: 'test', originM: [-3, -2, -1], voxelM: 1, dims: [6, 4, 3] }
const ring = (...vertices: [number, number, number][]): Ring => Float64Array.from(vertices.flat())

/** Columns as rows of 0 and 1, from small x to large, y to the right. */
function drawn(columns: GroundColumns): string[] {
  const Y = grid.dims[1]
  return Array.from({ length: grid.dims[0] }, (_, i) => columns.drivable.slice(i * Y, (i + 1) * Y).join(''))
}

function placed(rings: Ring[], pose: Pose = identity, raster: HeightRaster | null = null): GroundColumns {
  const columns = new GroundColumns(grid)
  columns.place(new GroundMap('map.json', rings, raster), pose)
  return columns
}

describe('drivable columns', () => {
  test('those whose centres lie in a ring', () => {
    // Centres in x: −2.5 … 2.5; in y: −1.5 … 1.5.
    const square = ring([-1, -1, 0], [2, -1, 0], [2, 1, 0], [-1, 1, 0])
    expect(drawn(placed([square]))).toEqual(['0000', '0000', '0110', '0110', '0110', '0000'])
  })

  test('a ring that repeats its first vertex is the same ring', () => {
    const open = ring([-1, -1, 0], [2, -1, 0], [2, 1, 0], [-1, 1, 0])
    const closed = ring([-1, -1, 0], [2, -1, 0], [2, 1, 0], [-1, 1, 0], [-1, -1, 0])
    expect(drawn(placed([closed]))).toEqual(drawn(placed([open])))
  })

  test('a notch stays out', () => {
    const u = ring([-3, -2, 0], [3, -2, 0], [3, 2, 0], [-3, 2, 0], [-3, 1, 0], [2, 1, 0], [2, -1, 0], [-3, -1, 0])
    expect(drawn(placed([u]))).toEqual(['1001', '1001', '1001', '1001', '1001', '1111'])
  })

  test('rings that overlap are one area', () => {
    const left = ring([-3, -2, 0], [1, -2, 0], [1, 0, 0], [-3, 0, 0])
    const right = ring([-1, -2, 0], [3, -2, 0], [3, 0, 0], [-1, 0, 0])
    expect(drawn(placed([left, right]))).toEqual(['1100', '1100', '1100', '1100', '1100', '1100'])
  })

  test('the map lies still while the ego turns and drives', () => {
    const square = ring([9, 8, 0], [11, 8, 0], [11, 11, 0], [9, 11, 0])
    // At (10, 10) and heading north, 1 m behind and 1 m to each side.
    expect(drawn(placed([square], poseFromYaw(Math.PI / 2, [10, 10, 0])))).toEqual([
      '0000',
      '0110',
      '0110',
      '0110',
      '0000',
      '0000',
    ])
  })

  test.each([1, 2, 3])('agree with asking for every centre whether it lies in the ring, seed %i', (seed) => {
    const rng = stream(seed, 'rings')
    for (let n = 0; n < 50; n++) {
      const vertices = Array.from({ length: 3 + rng.int(9) }, (): [number, number, number] => [
        rng.uniform(-4, 4),
        rng.uniform(-3, 3),
        0,
      ])
      const pose = poseFromYaw(rng.uniform(-3, 3), [rng.uniform(-1, 1), rng.uniform(-1, 1), 0])
      const columns = placed([ring(...vertices)], pose)
      const asked = drawn(columns).map((row, i) =>
        [...row].map((_, j) => (isInside(vertices, transform(pose, [i - 2.5, j - 1.5, 0])) ? '1' : '0')).join(''),
      )
      expect(drawn(columns)).toEqual(asked)
    }
  })
})

/** Crossing number along a ray to the right. */
function isInside(vertices: [number, number, number][], [x, y]: readonly number[]): boolean {
  let inside = false
  vertices.forEach(([bx, by], n) => {
    const [ax, ay] = vertices.at(n - 1)!
    if (ay > y !== by > y && x < ax + ((bx - ax) * (y - ay)) / (by - ay)) inside = !inside
  })
  return inside
}

describe('ground height', () => {
  const wide = (z: number) => ring([-50, -50, z], [50, -50, z], [50, 50, z], [-50, 50, z])

  test('of a flat map, in the ego frame: its layer, and −1 outside the grid', () => {
    const layer = (z: number, egoZ: number) => placed([wide(z)], poseFromYaw(0, [0, 0, egoZ])).layer(0)
    expect(layer(7, 7)).toBe(1)
    expect(layer(6.5, 7)).toBe(0)
    expect(layer(8.2, 7)).toBe(2)
    expect(layer(5, 7)).toBe(-1)
    expect(layer(9.1, 7)).toBe(-1)
  })

  test('on the border of two layers it does not flicker with a tilt of a nanoradian', () => {
    for (const tilt of [-1e-9, 0, 1e-9]) {
      const columns = placed([wide(0)], { q: [1, tilt, tilt, 0], t: [12, -9, 0] })
      expect([...columns.drivable.keys()].map((column) => columns.layer(column))).toEqual(new Array(24).fill(1))
    }
  })

  test('without a raster: the height of the nearest boundary line, not of the nearest corner', () => {
    const ramp = new GroundMap('map.json', [ring([0, 0, 0], [100, 0, 10], [100, 8, 10], [0, 8, 0])], null)
    expect(ramp.heightM(50.5, 1.5)).toBeCloseTo(5.05, 6)
    expect(ramp.heightM(20.5, 6.5)).toBeCloseTo(2.05, 6)
  })

  test('with a raster: its cell; where that is unknown, the boundary', () => {
    const raster: HeightRaster = {
      rows: 1,
      columns: 2,
      heightM: Float32Array.of(3, Number.NaN),
      cellOf: (x, y) => [Math.floor(x), Math.floor(y)],
    }
    const map = new GroundMap('map.json', [wide(9)], raster)
    expect(map.heightM(0.5, 0.5)).toBe(3)
    expect(map.heightM(1.5, 0.5)).toBe(9)
    expect(map.heightM(5.5, 0.5)).toBe(9)
  })

  test('a column has the height of the raster at its centre, wherever the ego stands', () => {
    // Cells of 1 m that begin just before the columns' centres: −2.6, −1.6, …; a metre higher each.
    const raster: HeightRaster = {
      ...{ rows: 1, columns: 6, heightM: Float32Array.of(0, 1, 2, 3, 4, 5) },
      cellOf: (x) => [Math.floor(x + 2.6), 0],
    }
    const heights = (pose: Pose) => Array.from(placed([wide(9)], pose, raster).heightM)
    const rows = [0, 1, 2, 3, 4, 5].flatMap((row) => new Array(4).fill(row))
    expect(heights(identity)).toEqual(rows)
    // Turned about: where it looks ahead it has been; the ego's origin is 2 m up.
    expect(heights(poseFromYaw(Math.PI, [0, 0.3, 2]))).toEqual(rows.toReversed().map((height) => height - 2))
  })

  test('of nothing is unknown', () => {
    expect(new GroundMap('map.json', [], null).heightM(0, 0)).toBeNaN()
    expect(placed([]).drivable.some((drivable) => drivable)).toBe(false)
  })
})

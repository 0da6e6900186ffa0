import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UsageError } from '../../pipeline/errors.js'
import { bitAt, gridNamed, grids, maskBytes, packBits, unpackBits, voxelCount } from '../../pipeline/grid.js'

const seed = 577

test('bits, by hand: bit v of byte v div 8, least significant first', () => {
  const packed = packBits(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1))
  expect([...packed]).toEqual([0b1, 0b110])
  expect([0, 1, 8, 9, 10].map((v) => bitAt(packed, v))).toEqual([1, 0, 0, 1, 1])
  expect([...unpackBits(packed, 11)]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
})

test('any value but 0 sets the bit', () => {
  expect([...packBits(Uint8Array.of(0, 2, 255))]).toEqual([0b110])
})

test(`bytes to bits and back, whatever the length (seed ${seed})`, () => {
  const property = fc.property(fc.uint8Array({ max: 1, maxLength: 200 }), (bytes) => {
    const packed = packBits(bytes)
    expect(packed.length).toBe(Math.ceil(bytes.length / 8))
    expect(unpackBits(packed, bytes.length)).toEqual(bytes)
    bytes.forEach((byte, v) => {
      expect(bitAt(packed, v)).toBe(byte)
    })
  })
  fc.assert(property, { seed })
})

test('the presets are those of the data contract', () => {
  expect(grids.occ3d).toEqual({ name: 'occ3d', originM: [-40, -40, -1], voxelM: 0.4, dims: [200, 200, 16] })
  expect(grids.semantickitti).toMatchObject({ originM: [0, -25.6, -2], voxelM: 0.2, dims: [256, 256, 32] })
  expect(grids.compact).toMatchObject({ voxelM: 0.8, dims: [64, 64, 8] })
  expect(grids.airside).toMatchObject({ voxelM: 0.5, dims: [160, 160, 12] })
  // Centred on the ego.
  expect(grids.compact.originM[0] + (grids.compact.dims[0] * grids.compact.voxelM) / 2).toBeCloseTo(0, 9)
  for (const [name, grid] of Object.entries(grids)) expect(gridNamed(name)).toBe(grid)
})

test('sizes follow from the dimensions', () => {
  expect(voxelCount(grids.occ3d)).toBe(640_000)
  expect(maskBytes(grids.occ3d)).toBe(80_000)
  expect(maskBytes({ ...grids.occ3d, dims: [3, 3, 1] })).toBe(2)
})

test.each(['toString', 'occ', ''])("an unknown grid '%s' is refused with the list", (name) => {
  expect(() => gridNamed(name)).toThrow(UsageError)
  expect(() => gridNamed(name)).toThrow('occ3d | semantickitti | compact | airside')
})

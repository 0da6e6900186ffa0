import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readMap } from '../../../pipeline/ingest/argoverse2/map.js'
import { cityOf } from '../../../pipeline/ingest/argoverse2/reader.js'
import { floatOfHalf } from '../../../pipeline/ingest/files/half.js'
import { tempFolder } from '../../support/tempFolder.js'
import { npyOf } from './arrayFiles.js'

test.each([
  [0x0000, 0],
  [0x8000, -0],
  [0x3c00, 1],
  [0xc000, -2],
  [0x3555, 0.333251953125],
  [0x7bff, 65504],
  [0x0400, 2 ** -14],
  [0x0001, 2 ** -24],
  [0x7c00, Number.POSITIVE_INFINITY],
  [0xfc00, Number.NEGATIVE_INFINITY],
  [0x7e00, Number.NaN],
])('half precision %i is %d', (bits, value) => {
  expect(floatOfHalf[bits]).toBe(value)
})

test('city and map version of a plain log stand in the name of its map', () => {
  const name = 'map/log_map_archive_7fab2350-7eaf-3b7e-a39d-6937a4c1bede____PIT_city_47896.json'
  expect(cityOf(name)).toEqual({ site: 'PIT', mapVersion: 'PIT_city_47896' })
  expect(cityOf('map/log_map_archive_x____boston-seaport.json')).toBeNull()
  expect(cityOf(null)).toBeNull()
})

test('a raster of heights is two-dimensional and of floats', async () => {
  const dir = tempFolder()
  const raster = async (npy: Buffer) => {
    writeFileSync(join(dir, 'map.json'), '{"drivable_areas": {}}')
    writeFileSync(join(dir, 'heights.npy'), npy)
    writeFileSync(join(dir, 'img.json'), '{"R": [1, 0, 0, 1], "t": [0, 0], "s": 2}')
    const map = await readMap(dir, { archive: 'map.json', heights: 'heights.npy', transform: 'img.json' })
    return map!.heightM(0.5, 0)
  }
  // Half a metre along x is raster column 1.
  expect(await raster(npyOf('<f8', [1, 2], Float64Array.of(7, 8)))).toBe(8)
  await expect(raster(npyOf('<i2', [1, 2], Int16Array.of(7, 8)))).rejects.toThrow('(1, 2) of Int16Array')
  await expect(raster(npyOf('<f4', [2], Float32Array.of(7, 8)))).rejects.toThrow('not a raster of heights')
})

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mapFilesOf, readMap } from '../../../pipeline/ingest/argoverse2/map.js'
import { tempFolder } from '../../support/tempFolder.js'

/** Two rows of three heights, and the transform from the city to them: half a cell a metre, turned by a quarter. */
function writeMap(): { dir: string; files: string[] } {
  const dir = tempFolder()
  mkdirSync(join(dir, 'map'))
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117).concat('\n')
  const heights = new Uint8Array(Float32Array.of(10, 11, 12, 20, 21, Number.NaN).buffer)
  const npy = Buffer.concat([Buffer.from('\x93NUMPY\x01\x00v\x00', 'latin1'), Buffer.from(header), heights])
  const ring = [
    [-9, -9],
    [9, -9],
    [9, 9],
  ].map(([x, y]) => ({ x, y, z: 5 }))
  const content = {
    'map/log_map_archive_a____PIT_city_1.json': JSON.stringify({ drivable_areas: { 1: { area_boundary: ring } } }),
    'map/a_ground_height_surface____PIT.npy': npy,
    'map/a___img_Sim2_city.json': JSON.stringify({ R: [0, -1, 1, 0], t: [6, 2], s: 0.5 }),
  }
  for (const [name, bytes] of Object.entries(content)) writeFileSync(join(dir, name), bytes)
  return { dir, files: Object.keys(content) }
}

test('heights of a raster: column ½(−y + 6), row ½(x + 2)', async () => {
  const { dir, files } = writeMap()
  const map = (await readMap(dir, mapFilesOf(files)))!
  const at = (x: number, y: number) => map.heightM(x, y)
  // x = −2 and 0 are the first and the second row; y = 6, 4 and 2 the columns from the first on.
  expect([at(-2, 6), at(-2, 4), at(-2, 2)]).toEqual([10, 11, 12])
  expect([at(0, 6), at(0, 4)]).toEqual([20, 21])
  expect([at(-0.01, 4.01), at(0, 2.01)]).toEqual([10, 21])
  // Where the raster knows nothing, inside it and outside, the nearest boundary does.
  expect([at(0, 2), at(-2.01, 6), at(-2, 6.01), at(2, 6)]).toEqual([5, 5, 5, 5])
})

test('without its transform a raster says nothing', async () => {
  const { dir, files } = writeMap()
  const map = (await readMap(dir, mapFilesOf(files.filter((file) => !file.includes('Sim2')))))!
  expect(map.heightM(-2, 6)).toBe(5)
  expect(await readMap(dir, mapFilesOf([]))).toBeNull()
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DataError } from '../../../pipeline/errors.js'
import { cityOf } from '../../../pipeline/ingest/argoverse2/reader.js'
import { floatOfHalf } from '../../../pipeline/ingest/files/half.js'
import { readNpy } from '../../../pipeline/ingest/files/npy.js'
import { tempFolder } from '../../support/tempFolder.js'

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

describe('.npy', () => {
  const write = (header: string, body: Uint8Array, magic = '\x93NUMPY') => {
    const padded = header.padEnd(117, ' ').concat('\n')
    const head = Buffer.from(`${magic}\x01\x00${String.fromCharCode(padded.length)}\x00${padded}`, 'latin1')
    const path = join(tempFolder(), 'a.npy')
    writeFileSync(path, Buffer.concat([head, body]))
    return path
  }
  const halves = new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x7e00, 0, 0, 0).buffer)

  test('halves and floats, row by row', async () => {
    const header = "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 3), }"
    expect(await readNpy(write(header, halves))).toEqual({
      rows: 2,
      columns: 3,
      values: Float32Array.of(1, -2, Number.NaN, 0, 0, 0),
    })
    const doubles = new Uint8Array(Float64Array.of(1.5, -2).buffer)
    expect(
      (await readNpy(write("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }", doubles))).values,
    ).toEqual(Float32Array.of(1.5, -2))
  })

  test.each([
    ['columns first', "{'descr': '<f2', 'fortran_order': True, 'shape': (2, 3), }", 'an array of another kind'],
    ['big-endian', "{'descr': '>f2', 'fortran_order': False, 'shape': (2, 3), }", 'an array of another kind'],
    ['integers', "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }", 'an array of another kind'],
    ['one dimension', "{'descr': '<f2', 'fortran_order': False, 'shape': (6,), }", 'an array of another kind'],
    ['too short', "{'descr': '<f2', 'fortran_order': False, 'shape': (3, 3), }", 'truncated'],
  ])('%s is refused', async (_name, header, message) => {
    await expect(readNpy(write(header, halves))).rejects.toThrow(DataError)
    await expect(readNpy(write(header, halves))).rejects.toThrow(message)
  })

  test('something else, and nothing, is refused', async () => {
    await expect(readNpy(write('', halves, 'PARQUE'))).rejects.toThrow('not an .npy file')
    await expect(readNpy(join(tempFolder(), 'missing.npy'))).rejects.toThrow(DataError)
  })
})

test('city and map version of a plain log stand in the name of its map', () => {
  const name = 'map/log_map_archive_7fab2350-7eaf-3b7e-a39d-6937a4c1bede____PIT_city_47896.json'
  expect(cityOf(name)).toEqual({ site: 'PIT', mapVersion: 'PIT_city_47896' })
  expect(cityOf('map/log_map_archive_x____boston-seaport.json')).toBeNull()
  expect(cityOf(null)).toBeNull()
})

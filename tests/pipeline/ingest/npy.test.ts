import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DataError } from '../../../pipeline/errors.js'
import { parseNpy, readNpy } from '../../../pipeline/ingest/files/npy.js'
import { noNumpy, numpy } from '../../support/numpy.js'
import { tempFolder } from '../../support/tempFolder.js'
import { npyBytes } from './arrayFiles.js'

interface Told {
  name: string
  shape: number[]
  /** Floats as numbers, integers as decimal text. */
  values: (number | string)[]
}

const elementsOfName: Record<string, unknown> = {
  bool: Uint8Array,
  u1: Uint8Array,
  i1: Int8Array,
  u2: Uint16Array,
  i2: Int16Array,
  f2: Float32Array,
  u4: Uint32Array,
  i4: Int32Array,
  f4: Float32Array,
  u8: BigUint64Array,
  i8: BigInt64Array,
  f8: Float64Array,
}

describe.skipIf(noNumpy)(`arrays that NumPy wrote${noNumpy}`, () => {
  test('every type, byte order, shape and order of axes, value for value', async () => {
    const dir = tempFolder()
    const told = numpy('write_arrays.py', dir) as Told[]
    expect(told).toHaveLength(21 * (8 + 4))
    for (const { name, shape, values } of told) {
      const read = await readNpy(join(dir, `${name}.npy`))
      expect([name, read.shape]).toEqual([name, shape])
      expect(read.data).toBeInstanceOf(elementsOfName[name.split('-')[0].replace(/^[lb](?=[uif])/, '')])
      const isFloat = typeof values[0] === 'number'
      expect([name, Array.from<number | bigint, unknown>(read.data, (v) => (isFloat ? v : `${v}`))]).toEqual([
        name,
        values,
      ])
    }
    for (const version of [1, 2, 3]) {
      const { shape, data } = await readNpy(join(dir, `version${version}.npy`))
      expect([shape, data]).toEqual([[2, 3], Int16Array.of(0, 1, 2, 3, 4, 5)])
    }
    for (const [name, message] of [
      ['objects', 'Python objects (a pickle'],
      ['records', 'records of named fields'],
      ['text', 'text'],
      ['byte-strings', 'byte strings'],
      ['complex', 'complex numbers'],
      ['dates', 'dates'],
      ['durations', 'time differences'],
    ]) {
      const reading = readNpy(join(dir, `${name}.npy`))
      await expect(reading).rejects.toThrow(DataError)
      await expect(reading).rejects.toThrow(`${name}.npy, header: an array of ${message}`)
    }
  })
})

describe('.npy by hand', () => {
  const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer)
  const shorts = bytesOf(Int16Array.of(1, 2, 3, 4, 5, 6))
  const parse = (header: string, body: Uint8Array) => parseNpy(npyBytes(header, body), 'a.npy')

  test('halves become floats', () => {
    const header = "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 3), }"
    const halves = bytesOf(Uint16Array.of(0x3c00, 0xc000, 0x7e00, 0, 0, 0))
    expect(parse(header, halves)).toEqual({ shape: [2, 3], data: Float32Array.of(1, -2, Number.NaN, 0, 0, 0) })
  })

  test('columns first: [[1, 3, 5], [2, 4, 6]]', () => {
    const header = "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3), }"
    expect(parse(header, shorts)).toEqual({ shape: [2, 3], data: Int16Array.of(1, 3, 5, 2, 4, 6) })
  })

  test('big-endian: 0x0102 is 258, and the bytes that were given stay as they are', () => {
    const bytes = npyBytes("{'descr': '>u2', 'fortran_order': False, 'shape': (1,), }", Uint8Array.of(1, 2))
    expect(parseNpy(bytes, 'a.npy')).toEqual({ shape: [1], data: Uint16Array.of(258) })
    expect([...bytes.subarray(-2)]).toEqual([1, 2])
  })

  test('at an odd address, keys in another order, numbers as Python 2 wrote them', () => {
    const bytes = npyBytes("{'shape': (3L,2L), 'fortran_order': False, 'descr': '<i2'}", shorts)
    const shifted = Buffer.concat([Uint8Array.of(0), bytes]).subarray(1)
    expect(parseNpy(shifted, 'a.npy')).toEqual({ shape: [3, 2], data: Int16Array.of(1, 2, 3, 4, 5, 6) })
  })

  test.each([
    ['too short', "{'descr': '<i2', 'fortran_order': False, 'shape': (3, 3), }", 'truncated .npy file'],
    ['too long', "{'descr': '<i2', 'fortran_order': False, 'shape': (5,), }", 'bytes after the end'],
    ['far too long a shape', "{'descr': '<i2', 'fortran_order': False, 'shape': (99999999999, 9999999999), }", 'trunc'],
    [
      'a shape beyond all numbers',
      `{'descr': '<i2', 'fortran_order': False, 'shape': (1${'0'.repeat(50)},), }`,
      'trunc',
    ],
    ['no shape', "{'descr': '<i2', 'fortran_order': False, }", 'not the header of an array'],
    ['a negative length', "{'descr': '<i2', 'fortran_order': False, 'shape': (-6,), }", 'not the header of an array'],
    ['no order', "{'descr': '<i2', 'shape': (6,), }", 'not the header of an array'],
    ['an unknown type', "{'descr': '<q2', 'fortran_order': False, 'shape': (6,), }", 'unknown type cannot be read'],
    ['long doubles', "{'descr': '<f16', 'fortran_order': False, 'shape': (6,), }", 'floats of that size'],
    ['an inherited name', "{'descr': 'constructor', 'fortran_order': False, 'shape': (6,), }", 'cannot be read'],
    ['no dictionary', "('descr': '<i2', 'fortran_order': False, 'shape': (6,), )", 'not the header of an array'],
  ])('%s is refused', (_name, header, message) => {
    expect(() => parse(header, shorts)).toThrow(DataError)
    expect(() => parse(header, shorts)).toThrow(message)
  })

  test('a file cut anywhere is refused, and the message names the file', () => {
    const whole = npyBytes("{'descr': '<i2', 'fortran_order': False, 'shape': (6,), }", shorts)
    expect(parseNpy(whole, 'a.npy').data).toHaveLength(6)
    for (let length = 0; length < whole.length; length++)
      expect(() => parseNpy(whole.subarray(0, length), 'a.npy'), `${length} bytes`).toThrow(/^a\.npy, /)
  })

  test('another version, something else, and nothing, are refused', async () => {
    const header = "{'descr': '<i2', 'fortran_order': False, 'shape': (6,), }"
    expect(() => parseNpy(npyBytes(header, shorts, '\x93NUMPY\x04\x00'), 'a')).toThrow('unknown version')
    const path = join(tempFolder(), 'a.npy')
    writeFileSync(path, npyBytes(header, shorts, 'PARQUET\x01'))
    await expect(readNpy(path)).rejects.toThrow('not an .npy file')
    await expect(readNpy(join(tempFolder(), 'missing.npy'))).rejects.toThrow(DataError)
  })
})

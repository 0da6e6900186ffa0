import { describe, expect, test } from 'vitest'
import { DataError } from '../../../pipeline/errors.js'
import { parseNpyRecords } from '../../../pipeline/ingest/files/npyRecords.js'

function npy(descr: string, shape: string, body: Uint8Array, order = 'False'): Buffer {
  const header = `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`.padEnd(247).concat('\n')
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00\xf8\x00', 'latin1'), Buffer.from(header), body])
}

/** Two points of 19 bytes: z, two bytes of padding, x, a label, and two numbers nobody asks for. */
const descr = "[('z', '<f4'), ('', '|V2'), ('x', '<f8'), ('label', '|i1'), ('pair', '|u1', (2,)), ('y', '<i2')]"
function body(): Buffer {
  const bytes = Buffer.alloc(38)
  for (const [at, z, x, label, y] of [
    [0, 1.5, -2.25, -1, 300],
    [19, 2.5, 1e6, 7, -2],
  ]) {
    bytes.writeFloatLE(z, at)
    bytes.writeDoubleLE(x, at + 6)
    bytes.writeInt8(label, at + 14)
    bytes.writeInt16LE(y, at + 17)
  }
  return bytes
}

describe('records of a .npy', () => {
  test.each(['(2,)', '(1, 2)', '(2L,)'])('by their names, of shape %s', (shape) => {
    const table = parseNpyRecords(npy(descr, shape, body()), 'a.npy')!
    expect(table.count).toBe(2)
    const read = Object.fromEntries(table.fields.map(({ name }) => [name, [...table.column(name)]]))
    expect(read).toEqual({ z: [1.5, 2.5], x: [-2.25, 1e6], label: [-1, 7], y: [300, -2] })
    expect(table.fields.map(({ kind, bytes }) => `${kind}${bytes}`)).toEqual([
      'float4',
      'float8',
      'integer1',
      'integer2',
    ])
  })

  test('text and dates are stepped over, halves are floats', () => {
    const bytes = Buffer.alloc(23)
    bytes.writeUInt16LE(0x3e00, 20)
    bytes[22] = 1
    const fields = "[('s', '|S4'), ('u', '<U2'), ('d', '<M8[ns]'), ('x', '<f2'), ('valid', '|b1')]"
    const table = parseNpyRecords(npy(fields, '(1,)', bytes), 'a.npy')!
    expect(table.fields.map(({ name }) => name)).toEqual(['x', 'valid'])
    expect([...table.column('x'), ...table.column('valid')]).toEqual([1.5, 1])
  })

  test('plain numbers are none', () => {
    expect(parseNpyRecords(npy("'<f4'", '(2, 3)', Buffer.alloc(24)), 'a.npy')).toBeNull()
  })

  test.each<[string, Buffer, RegExp]>([
    [
      'cut off',
      npy(descr, '(2,)', body().subarray(0, 37)),
      /a.npy, data: truncated .* 38 bytes, 2 records of 19, found 37/,
    ],
    ['longer', npy(descr, '(1,)', body()), /data: bytes after the end of the array/],
    ['big-endian', npy("[('x', '>f4')]", '(1,)', Buffer.alloc(4)), /a field that cannot be read .*little-endian/],
    ['of objects', npy("[('x', '<f4'), ('o', '|O')]", '(1,)', Buffer.alloc(12)), /cannot be read .*found \('o'/],
    ['within records', npy("[('a', [('x', '<f4')])]", '(1,)', Buffer.alloc(4)), /cannot be read/],
    ['of another file', Buffer.from('PK'), /not an .npy file/],
  ])('%s: an error that says so', (_name, bytes, says) => {
    expect(() => parseNpyRecords(bytes, 'a.npy')).toThrow(DataError)
    expect(() => parseNpyRecords(bytes, 'a.npy')).toThrow(says)
  })
})

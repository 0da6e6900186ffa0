import { describe, expect, test } from 'vitest'
import { DataError } from '../../../pipeline/errors.js'
import { decompressLzf } from '../../../pipeline/ingest/files/lzf.js'
import { parsePcd } from '../../../pipeline/ingest/files/pcd.js'
import { stream } from '../../../pipeline/random.js'

type Header = Record<string, string>

const plain: Header = {
  VERSION: '0.7',
  FIELDS: 'x y z',
  SIZE: '4 4 4',
  TYPE: 'F F F',
  COUNT: '1 1 1',
  WIDTH: '2',
  HEIGHT: '1',
  VIEWPOINT: '0 0 0 1 0 0 0',
  POINTS: '2',
}

/** A PCD of some header and body; an empty word leaves its line out. */
function pcdOf(data: string, body: Uint8Array | string, changes: Header = {}): Buffer {
  const lines = Object.entries({ ...plain, ...changes, DATA: data }).filter(([, words]) => words !== '')
  const header = lines.map(([key, words]) => `${key} ${words}\n`).join('')
  return Buffer.concat([Buffer.from(header, 'latin1'), Buffer.from(body as string)])
}

const parse = (...args: Parameters<typeof pcdOf>) => parsePcd(pcdOf(...args), 'a.pcd')
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer)
const six = floats(1, 2, 3, 4, 5, 6)

/** The two lengths before a block of LZF. */
function packed(block: number[], unpacked: number): Uint8Array {
  return new Uint8Array([...new Uint8Array(Uint32Array.of(block.length, unpacked).buffer), ...block])
}

describe('what is read', () => {
  test('binary, in the order of the points', () => {
    const { count, column, ...rest } = parse('binary', six)
    expect(count).toBe(2)
    expect(rest.viewpoint).toBeNull()
    const table = parse('binary', six)
    expect(['x', 'y', 'z'].map((name) => [...table.column(name)])).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ])
  })

  test('text, with nan and infinities, comments, empty lines and carriage returns', () => {
    const table = parse('ascii', '1 2 nan\r\n\r\n-inf 5e-1 -nan\r\n')
    expect([...table.column('x')]).toEqual([1, Number.NEGATIVE_INFINITY])
    expect([...table.column('y')]).toEqual([2, 0.5])
    expect([...table.column('z')]).toEqual([Number.NaN, Number.NaN])
  })

  test('compressed, field by field; a literal run and a reference that repeats what it writes', () => {
    // x: 0 0; y: 0 0; z: 0 1.0 (bytes 0 0 128 63). One literal 0, then 19 more by a reference one back, then the rest.
    const table = parse('binary_compressed', packed([0, 0, 0xe0, 10, 0, 3, 0, 0, 128, 63], 24))
    expect([...table.column('z')]).toEqual([0, 1])
    expect([...table.column('y')]).toEqual([0, 0])
  })

  test('every type, and integers of 8 bytes exactly', () => {
    const types = { I1: -2, U1: 254, I2: -300, U2: 65_000, I4: -70_000, U4: 4_000_000_000, F8: 0.1 }
    const names = [...Object.keys(types), 'I8', 'U8']
    const body = Buffer.alloc(38)
    body.writeInt8(-2, 0)
    body.writeUInt8(254, 1)
    body.writeInt16LE(-300, 2)
    body.writeUInt16LE(65_000, 4)
    body.writeInt32LE(-70_000, 6)
    body.writeUInt32LE(4_000_000_000, 10)
    body.writeDoubleLE(0.1, 14)
    body.writeBigInt64LE(-9_007_199_254_740_993n, 22)
    body.writeBigUInt64LE(18_446_744_073_709_551_615n, 30)
    const header = {
      FIELDS: names.join(' '),
      SIZE: names.map((name) => name[1]).join(' '),
      TYPE: names.map((name) => name[0]).join(' '),
      COUNT: '',
      WIDTH: '1',
      POINTS: '1',
    }
    const text = [...Object.values(types), '-9007199254740993', '18446744073709551615'].join(' ')
    for (const table of [parse('binary', body, header), parse('ascii', text, header)]) {
      for (const [name, value] of Object.entries(types)) expect(table.column(name)[0]).toBe(value)
      expect(table.column('I8')[0]).toBe(-9_007_199_254_740_993n)
      expect(table.column('U8')[0]).toBe(18_446_744_073_709_551_615n)
    }
  })

  test('padding and fields of several numbers are stepped over, and cannot be asked for', () => {
    const header = {
      FIELDS: '_ x normal _ y',
      SIZE: '1 4 4 1 4',
      TYPE: 'U F F U F',
      COUNT: '3 1 2 1 1',
      WIDTH: '1',
      POINTS: '1',
    }
    const body = new Uint8Array([9, 9, 9, ...floats(1), ...floats(7, 8), 9, ...floats(2)])
    const table = parse('binary', body, header)
    expect(table.fields.map(({ name }) => name)).toEqual(['x', 'y'])
    expect([table.column('x')[0], table.column('y')[0]]).toEqual([1, 2])
    expect(parse('ascii', '9 9 9 1 7 8 9 2', header).column('y')[0]).toBe(2)
    expect(() => table.column('normal')).toThrow(/a field of the points is missing \(expected normal, found x, y\)/)
  })

  test('a viewpoint that is not the default, and no points at all', () => {
    const { viewpoint } = parse('binary', six, { VIEWPOINT: '1 2 3 0 0 0 1' })
    expect(viewpoint).toEqual({ t: [1, 2, 3], q: [0, 0, 0, 1] })
    expect(parse('binary', '', { WIDTH: '0', POINTS: '0' }).count).toBe(0)
  })
})

describe('what is refused', () => {
  test.each<[string, string, Uint8Array | string, Header, RegExp]>([
    ['no DATA line', '', six, {}, /not a PCD, or truncated in its header/],
    ['an unknown encoding', 'zipped', six, {}, /DATA: .*expected ascii \| binary \| binary_compressed, found zipped/],
    ['a missing size', 'binary', six, { SIZE: '4 4' }, /SIZE: .*expected 3 words/],
    ['a type that is none', 'binary', six, { TYPE: 'F F Q' }, /TYPE: .*expected I, U or F/],
    ['a size that the type lacks', 'binary', six, { SIZE: '4 4 2' }, /SIZE: .*expected 4, 8 for F/],
    ['a count of nothing', 'binary', six, { COUNT: '1 1 0' }, /COUNT: /],
    ['a field twice', 'binary', six, { FIELDS: 'x y x' }, /FIELDS: .*occur once/],
    ['a negative width', 'binary', six, { WIDTH: '-2' }, /WIDTH: .*found -2/],
    ['two numbers of points', 'binary', six, { POINTS: '3' }, /POINTS: .*WIDTH × HEIGHT = 2, found 3/],
    ['a viewpoint of no rotation', 'binary', six, { VIEWPOINT: '0 0 0 0 0 0 0' }, /VIEWPOINT: /],
    [
      'a binary cut short',
      'binary',
      six.subarray(1),
      {},
      /truncated PCD .*expected 24 bytes, 2 points of 12, found 23/,
    ],
    ['a point more than the header says', 'binary', floats(1, 2, 3, 4, 5, 6, 7, 8, 9), {}, /more data than/],
    ['a line too few', 'ascii', '1 2 3\n', {}, /expected 2 lines, found 1/],
    ['a line too many', 'ascii', '1 2 3\n1 2 3\n1 2 3\n', {}, /expected 2 lines, found 3/],
    ['a short line', 'ascii', '1 2 3\n1 2\n', {}, /row 1: .*expected 3 numbers, found 2/],
    ['a word', 'ascii', '1 2 3\n1 two 3\n', {}, /row 1: .*expected a number for y, found two/],
    ['LZF without its lengths', 'binary_compressed', new Uint8Array(7), {}, /truncated PCD/],
    ['LZF cut short', 'binary_compressed', packed([0, 1], 24).subarray(0, 9), {}, /truncated PCD .*10 bytes, found 9/],
    ['LZF of another length', 'binary_compressed', packed([0, 1], 25), {}, /expected 24 bytes.*found 25/],
    ['LZF that makes too little', 'binary_compressed', packed([0, 1], 24), {}, /damaged LZF/],
    ['LZF that makes too much', 'binary_compressed', packed([0, 1, 0xe0, 200, 0], 24), {}, /damaged LZF/],
    ['LZF that refers to before its start', 'binary_compressed', packed([0, 1, 0xe0, 14, 1], 24), {}, /damaged LZF/],
    ['LZF that ends in a run', 'binary_compressed', packed([23, 1, 2, 3], 24), {}, /damaged LZF/],
    ['LZF that ends in a reference', 'binary_compressed', packed([0, 1, 0xe0], 24), {}, /damaged LZF/],
  ])('%s', (_name, data, body, changes, says) => {
    const read = () => {
      const table = parse(data, body, changes)
      for (const { name } of table.fields) table.column(name)
    }
    expect(read).toThrow(DataError)
    expect(read).toThrow(says)
    expect(read).toThrow('a.pcd')
  })

  test.each(['ascii', 'binary', 'binary_compressed'])('10¹² points promised as %s, without memory for them', (data) => {
    const before = process.memoryUsage().arrayBuffers
    const huge = { WIDTH: '1000000', HEIGHT: '1000000', POINTS: '1000000000000' }
    expect(() => parse(data, packed([0, 1], 12), huge)).toThrow(DataError)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6)
  })
})

test('a block of LZF that promises more than it can hold takes no memory', () => {
  expect(decompressLzf(new Uint8Array(10), 2 ** 40)).toBeNull()
})

const seed = 90125
test(`a compressed PCD with any byte changed is read or refused, and never anything else (seed ${seed})`, () => {
  const random = stream(seed, 'pcd')
  const good = pcdOf('binary_compressed', packed([0, 0, 0xe0, 10, 0, 3, 0, 0, 128, 63], 24))
  let refused = 0
  for (let round = 0; round < 2000; round++) {
    const bad = Buffer.from(good)
    bad[random.int(bad.length)] = random.int(256)
    try {
      const table = parsePcd(bad, 'a.pcd')
      for (const { name } of table.fields) expect(table.column(name)).toHaveLength(table.count)
    } catch (error) {
      expect(error).toBeInstanceOf(DataError)
      refused++
    }
  }
  expect(refused).toBeGreaterThan(500)
  expect(refused).toBeLessThan(1900)
})

import { join } from 'node:path'
import { Field, Float16, Float64, Int8, Int32, Int64, makeData, Schema, Uint8, Uint16, Utf8 } from 'apache-arrow'
import { expect, test } from 'vitest'
import { writeArrowFile } from '../../../pipeline/arrow/arrowWriter.js'
import { batchOf } from '../../../pipeline/arrow/batchOf.js'
import { columnOf } from '../../../pipeline/columns.js'
import { Feather } from '../../../pipeline/ingest/files/feather.js'
import { tempFolder } from '../../support/tempFolder.js'

const columns = {
  half: makeData({ type: new Float16(), length: 3, nullCount: 0, data: Uint16Array.of(0x3c00, 0xc000, 0x3555) }),
  byte: makeData({ type: new Uint8(), length: 3, nullCount: 0, data: Uint8Array.of(31, 32, 255) }),
  short: makeData({ type: new Uint16(), length: 3, nullCount: 0, data: Uint16Array.of(32, 31, 300) }),
  signed: makeData({ type: new Int8(), length: 3, nullCount: 0, data: Int8Array.of(-1, 32, 31) }),
  long: columnOf(new Int64(), [1n, 2n, 3n]),
  far: columnOf(new Int64(), [2_147_483_647n, 2_147_483_648n, 0n]),
  lost: columnOf(new Int32(), [1, null, 3]),
  word: columnOf(new Utf8(), ['a', '', 'ö']),
}

async function featherOf(batches: number): Promise<Feather> {
  const schema = new Schema(Object.entries(columns).map(([name, { type }]) => new Field(name, type, true)))
  const path = join(tempFolder(), 'some.feather')
  writeArrowFile(path, schema, new Array(batches).fill(batchOf(schema, Object.values(columns), 3)), 'lz4')
  return await Feather.read(path)
}

test('columns of several batches, one after the other', async () => {
  const feather = await featherOf(2)
  expect(feather.rows).toBe(6)
  expect([feather.has('word'), feather.has('words')]).toEqual([true, false])
  expect(feather.text('word')).toEqual(['a', '', 'ö', 'a', '', 'ö'])
  expect([...feather.int64('long')]).toEqual([1n, 2n, 3n, 1n, 2n, 3n])
  // Read as if their bits were numbers, halves would be places thousands of metres away.
  expect([...feather.float64('half')]).toEqual([1, -2, 0.333251953125, 1, -2, 0.333251953125])
  const flags = new Uint8Array(8).fill(7)
  for (const [name, expected] of [
    ['byte', [0, 1, 1]],
    ['short', [1, 0, 1]],
    ['signed', [0, 1, 0]],
  ] as const) {
    feather.areAtLeastInto(name, 32, flags)
    expect([...flags], name).toEqual([...expected, ...expected, 7, 7])
  }
  const numbers = new Int32Array(6)
  for (const [name, expected] of [
    ['long', [1, 2, 3]],
    ['short', [32, 31, 300]],
    ['signed', [-1, 32, 31]],
  ] as const) {
    feather.integersInto(name, numbers)
    expect([...numbers], name).toEqual([...expected, ...expected])
  }
  expect([...feather.numbersIfAny('lost')]).toEqual([1, Number.NaN, 3, 1, Number.NaN, 3])
  expect([...feather.numbersIfAny('half')]).toEqual([1, -2, 0.333251953125, 1, -2, 0.333251953125])
  expect([...feather.numbersIfAny('long')]).toEqual([1, 2, 3, 1, 2, 3])
})

test('a file without a batch has columns without a row', async () => {
  const feather = await featherOf(0)
  expect([feather.rows, feather.text('word'), [...feather.int64('long')], [...feather.float64('half')]]).toEqual([
    0,
    [],
    [],
    [],
  ])
})

test('a column that is missing, of another type, or with gaps is named', async () => {
  const feather = await featherOf(1)
  expect(() => feather.float64('none')).toThrow('a column is missing (expected float, found half, byte')
  expect(() => feather.float64('byte')).toThrow('a column has the wrong type')
  expect(() => feather.integersInto('half', new Int32Array(3))).toThrow('expected an integer')
  expect(() => feather.integersInto('lost', new Int32Array(3))).toThrow('1 nulls')
  expect(() => feather.numbersIfAny('word')).toThrow('expected a number')
})

test('points of which a coordinate is missing are not finite', async () => {
  const type = new Float64()
  const schema = new Schema(['x', 'y', 'z'].map((name) => new Field(name, type, true)))
  const path = join(tempFolder(), 'points.feather')
  const columns = [columnOf(type, [1, null]), columnOf(type, [2, 5]), columnOf(type, [3, 6])]
  writeArrowFile(path, schema, [batchOf(schema, columns, 2)], 'lz4')
  const out = new Float32Array(6)
  expect((await Feather.read(path)).triplesInto(['x', 'y', 'z'], out)).toBe(false)
  expect([...out]).toEqual([1, 2, 3, Number.NaN, 5, 6])
})

test('a number that does not fit is an error, not another number', async () => {
  const feather = await featherOf(1)
  // As a code of 8 bits, 300 would be 44: another label.
  expect(() => feather.integersInto('short', new Uint8Array(3))).toThrow(
    /column 'short', row 2: a number is too large or too small \(expected 0 to 255, found 300\)/,
  )
  expect(() => feather.integersInto('signed', new Uint8Array(3))).toThrow(/row 0: .*found -1/)
  expect(() => feather.integersInto('far', new Int32Array(3))).toThrow(/row 1: .*32 bits with a sign, found 2147483648/)
})

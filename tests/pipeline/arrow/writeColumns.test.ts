import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  Binary,
  Bool,
  type Data,
  Dictionary,
  Field,
  FixedSizeList,
  Float64,
  Int32,
  Int64,
  Map_,
  makeData,
  Schema,
  Struct,
  Utf8,
  Vector,
} from 'apache-arrow'
import { expect, test } from 'vitest'
import { ArrowFileWriter } from '../../../pipeline/arrow/arrowWriter.js'
import { batchOf } from '../../../pipeline/arrow/batchOf.js'
import type { Compression } from '../../../pipeline/arrow/codecs.js'
import { columnOf } from '../../../pipeline/columns.js'
import { type Rng, stream } from '../../../pipeline/random.js'
import { tempFolder } from '../../support/tempFolder.js'

const entries = new Struct<never>([new Field('key', new Utf8()), new Field('value', new Binary())] as never)
const types = {
  int: new Int32(),
  time: new Int64(),
  real: new Float64(),
  text: new Utf8(),
  bytes: new Binary(),
  triple: new FixedSizeList(3, new Field('item', new Float64())),
  pair: new Struct([new Field('a', new Float64()), new Field('b', new Int32())]),
  masks: new Map_(new Field('entries', entries) as never),
}
const tag = new Dictionary(new Utf8(), new Int32(), 7)
const schema = new Schema([
  new Field('tag', tag, true),
  ...Object.entries(types).map(([name, type]) => new Field(name, type, true)),
])

/** One column a field; of some every value is missing, of some none. */
function columnsOf(rng: Rng, rows: number, dictionary: Vector): Data[] {
  const maybe = <T>(make: () => T) => {
    const share = rng.int(4)
    return Array.from({ length: rows }, () => (rng.int(3) < share ? make() : null))
  }
  const word = () => 'abcdefghij'.repeat(rng.int(3)).slice(rng.int(3))
  const bytes = () => Uint8Array.from({ length: rng.int(2) * rng.int(3000) }, (_, n) => (n >> 5) % 7)
  const triple = () => [rng.int(9), 0.5, -rng.int(3)]
  const made: Record<keyof typeof types, unknown[]> = {
    int: maybe(() => rng.int(100) - 50),
    time: maybe(() => BigInt(rng.int(1000)) - 2n ** 60n),
    real: maybe(() => rng.int(100) / 8),
    text: maybe(word),
    bytes: maybe(bytes),
    triple: maybe(triple),
    pair: maybe(() => ({ a: rng.int(5), b: rng.int(5) })),
    masks: maybe(() => Array.from({ length: rng.int(3) }, (_, n) => [`mask ${n}`, bytes()])),
  }
  const tags = makeData({ type: tag, length: rows, nullCount: 0, data: new Int32Array(rows), dictionary } as never)
  return [tags, ...Object.entries(types).map(([name, type]) => columnOf(type, made[name as keyof typeof types]))]
}

/** The bytes of a file with those batches, written by either way. */
function bytesOf(batches: readonly [Data[], number][], compression: Compression | null, asColumns: boolean): Buffer {
  const path = join(tempFolder(), 'batches.arrow')
  const writer = new ArrowFileWriter(path, schema, compression)
  for (const [columns, rows] of batches)
    if (asColumns) writer.writeColumns(columns, rows)
    else writer.write(batchOf(schema, columns, rows))
  expect(writer.close().rows).toBe(batches.reduce((sum, [, rows]) => sum + rows, 0))
  return readFileSync(path)
}

function dictionaryOf(word: string): Vector {
  return new Vector([columnOf(new Utf8(), [word])])
}

// apache-arrow's writer is what ours is held against.
test.each([1, 2, 3, 4, 5, 6, 7, 8])('columns become the bytes that record batches become, seed %i', (seed) => {
  const rng = stream(seed, 'batches')
  const dictionary = dictionaryOf('urban')
  const batches = Array.from({ length: 6 }, (): [Data[], number] => {
    const rows = rng.int(6) === 0 ? 0 : 1 + rng.int(9)
    return [columnsOf(rng, rows, dictionary), rows]
  })
  for (const compression of ['zstd', 'lz4', null] as const)
    expect(bytesOf(batches, compression, true).equals(bytesOf(batches, compression, false))).toBe(true)
})

test('a batch of millions of bytes between small ones', () => {
  const rng = stream(1, 'large')
  const dictionary = dictionaryOf('urban')
  const batches = [3, 1, 2].map((rows): [Data[], number] => [columnsOf(rng, rows, dictionary), rows])
  const large = Uint8Array.from({ length: 3_000_000 }, (_, n) => (n * n) >> 7)
  batches[1][0][5] = columnOf(new Binary(), [large])
  expect(bytesOf(batches, 'zstd', true).equals(bytesOf(batches, 'zstd', false))).toBe(true)
})

test('another dictionary is refused, as the format has no second one', () => {
  const writer = new ArrowFileWriter(join(tempFolder(), 'two.arrow'), schema, 'zstd')
  const rng = stream(1, 'two')
  const write = (word: string) => writer.writeColumns(columnsOf(rng, 2, dictionaryOf(word)), 2)
  write('urban')
  for (let n = 0; n < 2; n++) expect(() => write('rural')).toThrow('replacement dictionaries')
  writer.abort()
})

test('slices, and types that frames do not have, are refused', () => {
  const writer = new ArrowFileWriter(join(tempFolder(), 'odd.arrow'), schema, 'zstd')
  const columns = columnsOf(stream(1, 'odd'), 4, dictionaryOf('urban'))
  expect(() => writer.writeColumns([columns[0].slice(1, 2), ...columns.slice(1)], 2)).toThrow('a slice of')
  const flags = makeData({ type: new Bool(), length: 4, nullCount: 0, data: Uint8Array.of(5) })
  expect(() => writer.writeColumns([flags], 4)).toThrow(RangeError)
  const text = columnOf(new Utf8(), ['ab', 'c'])
  expect(() => writer.writeColumns([text.slice(1, 1)], 1)).toThrow(RangeError)
  writer.abort()
})

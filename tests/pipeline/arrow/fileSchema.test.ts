import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Field, Float64, Int64, Schema, Utf8 } from 'apache-arrow'
import { expect, test } from 'vitest'
import { type ArrowColumns, arrowColumnsOf } from '../../../pipeline/arrow/arrowTable.js'
import { writeArrowFile } from '../../../pipeline/arrow/arrowWriter.js'
import { LastSchema } from '../../../pipeline/arrow/fileSchema.js'
import { Scratch } from '../../../pipeline/arrow/scratch.js'
import { batchFromRows } from '../../../pipeline/columns.js'
import { stream } from '../../../pipeline/random.js'
import { tempFolder } from '../../support/tempFolder.js'

const fields = [new Field('name', new Utf8()), new Field('time', new Int64()), new Field('x', new Float64(), true)]

function fileOf(rows: number, metadata = 'labels', batches = 2): Buffer {
  const path = join(tempFolder(), 'some.arrow')
  const schema = new Schema(fields, new Map([['key', metadata]]))
  const some = Array.from({ length: rows }, (_, n) => ({ name: 'n'.repeat(n), time: BigInt(n), x: n / 2 }))
  writeArrowFile(path, schema, new Array(batches).fill(batchFromRows(schema, some)), 'lz4')
  return readFileSync(path)
}

const columns = ['name', 'x']
const keeping = () => ({ into: new Scratch(), last: new LastSchema() })

test('files that differ in their rows alone share a schema; another word in it makes another one', () => {
  const kept = keeping()
  const read = (bytes: Buffer) => arrowColumnsOf('file', bytes, columns, kept).schema
  const first = read(fileOf(3))
  expect(read(fileOf(50))).toBe(first)
  const other = read(fileOf(3, 'LABELS'))
  expect(other).not.toBe(first)
  expect([first, other].map(({ metadata }) => metadata.get('key'))).toEqual(['labels', 'LABELS'])
  expect(read(fileOf(3, 'LABELS', 1))).not.toBe(other)
})

test('a file without a schema of its own does not get that of the file before', () => {
  const kept = keeping()
  const whole = fileOf(3)
  arrowColumnsOf('file', whole, columns, kept)
  const cut = Buffer.from(whole)
  cut.writeInt32LE(8, cut.length - 10)
  expect(() => arrowColumnsOf('file', cut, columns, kept)).toThrow('corrupt Arrow file')
})

/** All that a file says, or why it cannot. */
function contentOf(read: () => ArrowColumns): string {
  try {
    const { schema, batches } = read()
    const cells = batches.map((batch) => columns.map((name) => [...(batch.getChild(name) ?? [])].join()))
    return `${schema.toString()} ${[...schema.metadata].join()} ${JSON.stringify(cells)}`
  } catch (error) {
    return `${error}`
  }
}

// Every byte of the footer, and bytes anywhere: after a good file a damaged one is what it is by itself.
test('whichever byte is another one, the file before changes nothing (seed 20261122)', { timeout: 60_000 }, () => {
  const rng = stream(20261122, 'bytes')
  const whole = fileOf(4)
  const footer = whole.length - 10 - whole.readInt32LE(whole.length - 10)
  const kept = keeping()
  const contents = new Set<string>()
  for (let at = footer; at < whole.length; at++) {
    const damaged = Buffer.from(whole)
    damaged[at] ^= 1 + rng.int(255)
    const alone = contentOf(() => arrowColumnsOf('file', damaged, columns))
    contentOf(() => arrowColumnsOf('file', whole, columns, kept))
    expect(
      contentOf(() => arrowColumnsOf('file', damaged, columns, kept)),
      `byte ${at}`,
    ).toBe(alone)
    contents.add(alone)
  }
  expect(contents.size).toBeGreaterThan(20)
})

import { closeSync, fstatSync, openSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Schema } from 'apache-arrow'
import { beforeEach, expect, test } from 'vitest'
import { ArrowFile } from '../../../pipeline/arrow/arrowFile.js'
import { readArrowTable } from '../../../pipeline/arrow/arrowTable.js'
import { ArrowFileWriter, writeArrowFile } from '../../../pipeline/arrow/arrowWriter.js'
import type { Compression } from '../../../pipeline/arrow/codecs.js'
import { Scratch } from '../../../pipeline/arrow/scratch.js'
import { batchFromRows } from '../../../pipeline/columns.js'
import { DataError } from '../../../pipeline/errors.js'
import { hashFile } from '../../../pipeline/hash.js'
import { latentSchema } from '../../../pipeline/schema.js'
import { tempFolder } from '../../support/tempFolder.js'

const codecs: (Compression | null)[] = ['zstd', 'lz4', null]
const schema: Schema = latentSchema([2, 2, 1], { from: 'a test' })

let file = ''
beforeEach(() => {
  file = join(tempFolder(), 'table.arrow')
})

/** Rows whose binaries shrink well in `mean` and not at all in `logvar`. */
function rowsOf(first: number, count: number) {
  return Array.from({ length: count }, (_, i) => ({
    log_id: `log ${i % 2}`,
    frame_index: first + i,
    timestamp_ns: 9_007_199_254_740_993n + BigInt(first + i),
    mean: new Uint8Array(600).fill(first + i),
    logvar: Uint8Array.from({ length: 600 }, (_, b) => ((first + i + 1) * 2654435761 * (b + 1)) >>> 11),
  }))
}

/** Five batches of three rows. */
function write(codec: Compression | null) {
  const batches = [0, 3, 6, 9, 12].map((first) => batchFromRows(schema, rowsOf(first, 3)))
  return writeArrowFile(file, schema, batches, codec)
}

test.each(codecs)('%s: what is written is read back, whole or batch by batch in any order', async (codec) => {
  const written = write(codec)
  expect(written).toEqual({ rows: 15, bytes: readFileSync(file).length, sha256: await hashFile(file) })
  const table = await readArrowTable(file)
  expect(table.schema.metadata.get('from')).toBe('a test')
  expect(table.toArray().map((row) => row.toJSON())).toEqual(
    rowsOf(0, 15).map((row, i) => ({ ...row, log_id: `log ${(i % 3) % 2}` })),
  )
  const lazy = await ArrowFile.open(file)
  expect(lazy.batchCount).toBe(5)
  for (const index of [4, 0, 2]) {
    const batch = await lazy.readBatch(index)
    expect([...batch.getChild('frame_index')!]).toEqual([3 * index, 3 * index + 1, 3 * index + 2])
    expect(batch.getChild('mean')!.get(0)).toEqual(new Uint8Array(600).fill(3 * index))
  }
  await lazy.close()
})

test('calls for batches that overlap in time are each answered with their own', async () => {
  write('zstd')
  const lazy = await ArrowFile.open(file)
  const order = [4, 1, 1, 3, 0, 2, 4]
  const batches = await Promise.all(order.map((index) => lazy.readBatch(index)))
  expect(batches.map((batch) => batch.getChild('frame_index')!.get(0))).toEqual(order.map((index) => 3 * index))
  await lazy.close()
})

test('the same batches give the same bytes', () => {
  const [one, again] = [write('zstd'), write('zstd')]
  expect(again).toEqual(one)
})

test('opening and reading one batch reads that batch, not the file', async () => {
  const rows = rowsOf(0, 1).map((row) => ({ ...row, mean: new Uint8Array(4_000_000) }))
  writeArrowFile(
    file,
    schema,
    Array.from({ length: 8 }, () => batchFromRows(schema, rows)),
    null,
  )
  // Everything between the first batch and the footer is made unreadable as Arrow: who looks there must notice.
  const bytes = readFileSync(file)
  bytes.fill(0xee, 5_000_000, bytes.length - 40_000)
  writeFileSync(file, bytes)
  const lazy = await ArrowFile.open(file)
  expect((await lazy.readBatch(0)).numRows).toBe(1)
  await expect(lazy.readBatch(3)).rejects.toThrow(DataError)
  await lazy.close()
})

test('a batch that is not there is a DataError that says how many there are', async () => {
  write('zstd')
  const lazy = await ArrowFile.open(file)
  await expect(lazy.readBatch(5)).rejects.toThrow(/record batch 5: no such record batch \(expected 5 of them\)/)
  await lazy.close()
})

test.each([0.99, 0.5, 0.01])(
  'cut to %f of its length: the error names the file and the byte where it ends',
  async (share) => {
    const { bytes } = write('zstd')
    const left = Math.floor(share * bytes)
    truncateSync(file, left)
    for (const read of [() => readArrowTable(file), () => ArrowFile.open(file)]) {
      const error = await read().catch((thrown) => thrown)
      expect(error).toBeInstanceOf(DataError)
      expect(error).toMatchObject({
        file,
        place: `byte ${left}`,
        message: expect.stringContaining('truncated Arrow file'),
      })
    }
  },
)

test.each([
  ['an empty file', Buffer.alloc(0)],
  ['text', Buffer.from('log_id,frame_index\n')],
  ['only the marks', Buffer.from('ARROW1\0\0ARROW1')],
])('%s is no Arrow file, and is named', async (_what, content) => {
  writeFileSync(file, content)
  for (const read of [() => readArrowTable(file), () => ArrowFile.open(file)]) {
    const error = await read().catch((thrown) => thrown)
    expect(error).toBeInstanceOf(DataError)
    expect(error.file).toBe(file)
  }
})

test('a missing file is named', async () => {
  await expect(readArrowTable(file)).rejects.toMatchObject({ tag: 'data', file })
  await expect(ArrowFile.open(file)).rejects.toMatchObject({ tag: 'data', file })
})

test.each(['zstd', 'lz4'] as const)(
  '%s: a batch whose compressed bytes are damaged is named; the others stay readable',
  async (codec) => {
    write(codec)
    const bytes = readFileSync(file)
    // Every compressed buffer of the third batch begins with the codec's magic number.
    const magic = Buffer.from(codec === 'zstd' ? [0x28, 0xb5, 0x2f, 0xfd] : [0x04, 0x22, 0x4d, 0x18])
    const at = occurrences(bytes, magic)
    const third = at[Math.floor(at.length / 2)]
    bytes.fill(0xff, third, third + 24)
    writeFileSync(file, bytes)
    const lazy = await ArrowFile.open(file)
    const error = await lazy.readBatch(2).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(DataError)
    expect(error).toMatchObject({ file, place: 'record batch 2' })
    for (const index of [0, 1, 3, 4]) expect((await lazy.readBatch(index)).numRows).toBe(3)
    await lazy.close()
    await expect(readArrowTable(file)).rejects.toThrow(DataError)
  },
)

function occurrences(bytes: Buffer, what: Buffer): number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(what); at >= 0; at = bytes.indexOf(what, at + 1)) found.push(at)
  return found
}

test('only the columns that are asked for are unpacked, whichever stand before them', async () => {
  write('zstd')
  const bytes = readFileSync(file)
  const lazy = await ArrowFile.open(file)
  const whole = await lazy.readBatch(3)
  for (const columns of [['logvar'], ['frame_index', 'mean'], ['timestamp_ns'], []]) {
    const batch = await lazy.readBatch(3, { columns })
    expect(batch.schema.fields.map(({ name }) => name)).toEqual(columns)
    expect(batch.schema.metadata.get('from')).toBe('a test')
    expect(batch.numRows).toBe(3)
    for (const name of columns)
      for (const row of [0, 1, 2]) expect(batch.getChild(name)!.get(row), name).toEqual(whole.getChild(name)!.get(row))
  }
  // Two columns of each batch shrink, `mean` first: what lies in its ZSTD frame matters to nobody else.
  const magic = occurrences(bytes, Buffer.from([0x28, 0xb5, 0x2f, 0xfd]))
  expect(magic.length).toBe(10)
  bytes.fill(0xff, magic[4], magic[4] + 24)
  writeFileSync(file, bytes)
  expect((await lazy.readBatch(2, { columns: ['frame_index'] })).getChild('frame_index')!.get(0)).toBe(6)
  await expect(lazy.readBatch(2, { columns: ['mean'] })).rejects.toThrow(DataError)
  await lazy.close()
})

test.each(codecs)('%s: what is read into a scratch is right until the next reading with it', async (codec) => {
  write(codec)
  const lazy = await ArrowFile.open(file)
  const into = new Scratch()
  const memory = new Set<ArrayBufferLike>()
  for (const index of [0, 4, 2, 2, 1, 3, 0, 4]) {
    const batch = await lazy.readColumns(index, { into })
    for (const row of [0, 1, 2]) {
      const expected = rowsOf(3 * index + row, 1)[0]
      expect(batch.getChild('mean')!.get(row)).toEqual(expected.mean)
      expect(batch.getChild('logvar')!.get(row)).toEqual(expected.logvar)
      expect(batch.getChild('timestamp_ns')!.get(row)).toBe(expected.timestamp_ns)
    }
    memory.add(batch.getChild('mean')!.get(0).buffer)
  }
  // The first reading found no room yet; all later ones have the same memory. LZ4's library makes its own.
  if (codec !== 'lz4') expect(memory.size).toBe(2)
  await lazy.close()
})

test('a file that has been closed is not read', async () => {
  write('zstd')
  const lazy = await ArrowFile.open(file)
  await lazy.close()
  await lazy.close()
  await expect(lazy.readBatch(0)).rejects.toThrow('the file has been closed')
})

test('giving up a file that is closed closes no other one', () => {
  const writer = new ArrowFileWriter(join(tempFolder(), 'a.arrow'), schema, null)
  writer.close()
  // It has the number that the file had.
  const other = openSync(import.meta.filename, 'r')
  writer.abort()
  expect(fstatSync(other).isFile()).toBe(true)
  closeSync(other)
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { forEachRow, readRows, readTable, type Spans } from '../../../pipeline/ingest/nuscenes/jsonRows.js'
import { RowSplitter } from '../../../pipeline/ingest/nuscenes/rowSplitter.js'
import { stream } from '../../../pipeline/random.js'
import { tempFolder } from '../../support/tempFolder.js'

const row = z.object({ token: z.string(), size: z.number() })

function fileWith(text: string): string {
  const file = join(tempFolder(), 'sample.json')
  writeFileSync(file, text)
  return file
}

/** What the splitter tells of a text that comes in pieces of these lengths, over and over. */
function split(text: string, lengths: () => number): { rows: unknown[]; spans: Spans } {
  const [rows, spans]: [unknown[], Spans] = [[], []]
  const splitter = new RowSplitter('table.json', (value, start, length) => {
    rows.push(value)
    spans.push(start, length)
  })
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) {
    const length = lengths()
    splitter.push(bytes.subarray(at, at + length))
    at += length
  }
  splitter.end()
  return { rows, spans }
}

describe('a table as a stream of rows', () => {
  test('rows with braces, brackets and quotes in their strings, byte by byte', () => {
    const text = '[\n{"a": "}]\\"{", "b": [1, {"c": "\\\\"}]},{"a": "é"}\n]\n'
    const { rows, spans } = split(text, () => 1)
    expect(rows).toEqual([{ a: '}]"{', b: [1, { c: '\\' }] }, { a: 'é' }])
    // The first row starts after "[\n" and has 37 bytes; a comma; the second has 11, its é being two.
    expect(spans).toEqual([2, 37, 40, 11])
  })

  test('a byte order mark before it, as Windows puts one, is passed over; rows lie behind it', () => {
    expect(split('\ufeff[{"a": 1}]', () => 1)).toEqual({ rows: [{ a: 1 }], spans: [4, 8] })
    expect(() => split('[\ufeff{"a": 1}]', () => 9)).toThrow('byte 1: not a table')
  })

  test('a quote that is lost: refused after 16 MB of row, not at the end of a gigabyte', () => {
    const row = `{"a": "${'x'.repeat(1000)}"},\n`
    const splitter = new RowSplitter('table.json', () => undefined)
    splitter.push(Buffer.from('[{"a: 1},\n'))
    const bytes = Buffer.from(row.repeat(1000))
    const pushed = () => {
      for (let times = 0; times < 20; times++) splitter.push(bytes)
    }
    expect(pushed).toThrow('table.json, byte 1: a row without an end (expected at most 16777216 bytes a row)')
  })

  test('an empty table', () => expect(split('[]', () => 9).rows).toEqual([]))

  test.each([1, 2, 3, 4, 5])('is what JSON.parse gives, in pieces of any length (seed %i)', (seed) => {
    const { int: below } = stream(seed, 'table')
    const strings = ['', '{', '}"', '\\', '[,]', 'ü€', '\n']
    const table = Array.from({ length: 40 }, (_, size) => ({
      size,
      s: strings[below(7)],
      deep: [{ t: strings[below(7)] }],
    }))
    const text = JSON.stringify(table, null, below(3))
    const { rows, spans } = split(text, () => 1 + below(60))
    expect(rows).toEqual(table)
    const bytes = Buffer.from(text)
    const again = table.map((_, i) => JSON.parse(bytes.toString('utf8', spans[2 * i], spans[2 * i] + spans[2 * i + 1])))
    expect(again).toEqual(table)
  })

  test.each([
    ['cut within a row', '[{"token": "a"', 'the table is cut short'],
    ['cut between rows', '[{"token": "a"},', 'sample.json, byte 16: the table is cut short'],
    ['empty', '', 'expected a JSON array'],
    ['an object', '{"token": "a"}', 'byte 0: not a table (expected a JSON array of objects, found "{")'],
    ['numbers', '[1, 2]', 'byte 1: not a table'],
    ['more after its end', '[] []', 'byte 3: not a table'],
    ['a row that is not JSON', '[{"a": 1}, {"a": }]', 'byte 11: a row is not JSON'],
  ])('%s: refused, with the byte', async (_name, text, message) => {
    await expect(forEachRow(fileWith(text), () => undefined)).rejects.toThrow(message)
  })

  test('a row of another shape is named by byte and key', async () => {
    const file = fileWith('[{"token": "a", "size": 1}, {"token": "b", "size": "2"}]')
    await expect(readTable(file, row)).rejects.toThrow(
      "sample.json, byte 28, key 'size': a row is not as its table has",
    )
  })

  test('rows are read again from where they lie, near or far from one another', async () => {
    const table = Array.from({ length: 3000 }, (_, size) => ({ token: 'x'.repeat(100), size }))
    const file = fileWith(JSON.stringify(table))
    const spans: Spans = []
    await forEachRow(file, (value, start, length) => {
      const { size } = value as { size: number }
      if (size < 3 || size === 1500 || size === 2999) spans.push(start, length)
    })
    expect((await readRows(file, spans, row)).map(({ size }) => size)).toEqual([0, 1, 2, 1500, 2999])
  })

  test('a file that is not there', async () => {
    await expect(readRows('/nowhere/sample_data.json', [], row)).rejects.toThrow('cannot be read')
  })
})

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Field, Float64, Int64, Schema, Utf8 } from 'apache-arrow'
import { expect, test } from 'vitest'
import { ArrowFile } from '../../../pipeline/arrow/arrowFile.js'
import { readArrowTable } from '../../../pipeline/arrow/arrowTable.js'
import { writeArrowFile } from '../../../pipeline/arrow/arrowWriter.js'
import type { Compression } from '../../../pipeline/arrow/codecs.js'
import { batchFromRows } from '../../../pipeline/columns.js'
import { DataError } from '../../../pipeline/errors.js'
import { tempFolder } from '../../support/tempFolder.js'

const schema = new Schema([
  new Field('name', new Utf8()),
  new Field('time', new Int64()),
  new Field('x', new Float64(), true),
])
const rows = [
  { name: 'a', time: 1n, x: 0.5 },
  { name: 'bc', time: 2n, x: null },
  { name: '', time: 3n, x: 1.5 },
]

/** Reads everything there is to read. */
async function allOf(path: string): Promise<number> {
  const table = await readArrowTable(path)
  for (const name of ['name', 'time', 'x']) [...(table.getChild(name) ?? [])]
  const file = await ArrowFile.open(path)
  try {
    for (let i = 0; i < file.batchCount; i++) await file.readBatch(i)
  } finally {
    await file.close()
  }
  return table.numRows
}

// Lengths of lists, of columns and of batches that were believed ended in loops of minutes, or in 5 GB of memory.
test.each(['zstd', 'lz4', null] as (Compression | null)[])(
  'wherever 8 bytes of a small file (%s) become 0xff: a DataError, or at most the three rows that were',
  { timeout: 60_000 },
  async (compression) => {
    const path = join(tempFolder(), 'small.arrow')
    writeArrowFile(path, schema, [batchFromRows(schema, rows)], compression)
    const whole = readFileSync(path)
    expect(await allOf(path)).toBe(3)
    let errors = 0
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole)
      damaged.fill(0xff, at, Math.min(at + 8, whole.length))
      writeFileSync(path, damaged)
      const end = await allOf(path).catch((error) => error)
      if (typeof end === 'number') expect(end, `at ${at}`).toBeLessThanOrEqual(3)
      else expect(end, `at ${at}`).toBeInstanceOf(DataError)
      if (end instanceof DataError) errors++
    }
    expect(errors).toBeGreaterThan(whole.length / 10)
  },
)

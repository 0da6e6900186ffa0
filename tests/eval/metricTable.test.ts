import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, describe, expect, it } from 'vitest'
import { metricColumns, readMetrics, writeMetrics } from '../../eval/metricTable.js'
import { DataError } from '../../pipeline/errors.js'
import { handmadeRows, metricRow } from '../support/handmadeRows.js'
import { noPyarrow } from '../support/pyarrow.js'

const folder = mkdtempSync(join(tmpdir(), 'occlab-metrics-'))
const path = join(folder, 'metrics.parquet')
const found = spawnSync('python3', ['-c', 'import duckdb, pandas, pyarrow'], { encoding: 'utf8' })
/** Why the table is not held against DuckDB and pandas here, as an ending of a test's name; empty when it is. */
const noTables =
  found.status === 0 ? '' : ` (skipped: ${(found.stderr ?? '').trim().split('\n').at(-1) || 'no python3'})`
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the table of metrics', () => {
  it('gives back what it was given, nulls included', async () => {
    const rows = handmadeRows()
    await writeMetrics(path, rows)
    expect(await readMetrics(path)).toEqual(rows)
  })

  it('writes typed columns in snake case, and nulls as Parquet nulls', async () => {
    await writeMetrics(path, [metricRow({ value: null }), metricRow({ count: 3_000_000_000, className: 'car' })])
    const { schema } = await parquetMetadataAsync(await asyncBufferFromFile(path))
    const described = Object.fromEntries(
      schema
        .slice(1)
        .map(({ name, type, converted_type, repetition_type }) => [name, [type, converted_type, repetition_type]]),
    )
    expect(Object.keys(described)).toEqual(metricColumns)
    expect(described.horizon_s).toEqual(['DOUBLE', undefined, 'OPTIONAL'])
    expect(described.class_name).toEqual(['BYTE_ARRAY', 'UTF8', 'OPTIONAL'])
    expect(described.count).toEqual(['INT64', undefined, 'REQUIRED'])
    const [empty, full] = await parquetReadObjects({ file: await asyncBufferFromFile(path) })
    expect([empty.value, empty.low, empty.class_name]).toEqual([null, null, null])
    expect([full.count, full.class_name]).toEqual([3_000_000_000n, 'car'])
  })

  it('writes the same bytes for the same rows, and a table of none', async () => {
    await writeMetrics(path, handmadeRows())
    const first = readFileSync(path)
    await writeMetrics(path, handmadeRows())
    expect(readFileSync(path).equals(first)).toBe(true)
    await writeMetrics(path, [])
    expect(await readMetrics(path)).toEqual([])
  })

  it.skipIf(noPyarrow)(`is read by pyarrow as it was written${noPyarrow}`, async () => {
    const rows = handmadeRows()
    await writeMetrics(path, rows)
    const script = 'import json, sys, pyarrow.parquet as pq; print(json.dumps(pq.read_table(sys.argv[1]).to_pylist()))'
    const read = JSON.parse(execFileSync('python3', ['-c', script, path], { encoding: 'utf8', maxBuffer: 1 << 26 }))
    const camel = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
    const rowOf = (record: object) =>
      Object.fromEntries(Object.entries(record).map(([name, value]) => [camel(name), value]))
    expect(read.map(rowOf)).toEqual(rows)
  })

  it.skipIf(noTables)(`is read by DuckDB and by pandas as it was written${noTables}`, async () => {
    const rows = handmadeRows()
    await writeMetrics(path, rows)
    const script = resolve(import.meta.dirname, 'python', 'metrics.py')
    const read = JSON.parse(execFileSync('python3', [script, path], { encoding: 'utf8', maxBuffer: 1 << 26 }))
    const ours = rows.filter(({ model }) => model === 'dynamics')
    const values = ours.flatMap(({ value }) => value ?? [])
    const nulls = rows.filter(({ value }) => value === null).length
    expect(read.duckdb.length).toBe(ours.length)
    expect(read.nulls).toBe(nulls)
    expect(read.duckdb.filter(([metric]: [string]) => metric === 'iou_lost_per_s')).toEqual([
      ['iou_lost_per_s', 'all', 'errorGrowth', 0.06, 96, 0.05, 0.07, 'bca', null, 'd'].map((cell) =>
        typeof cell === 'number' && cell < 1 ? expect.closeTo(cell, 12) : cell,
      ),
    ])
    expect(read.pandas).toMatchObject({ rows: rows.length, nulls, types: { value: 'float64', count: 'int64' } })
    expect(read.pandas.mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 12)
  })

  it('refuses a number that is not finite, naming the row', async () => {
    await expect(writeMetrics(path, [metricRow({}), metricRow({ low: Number.NaN })])).rejects.toThrow(/row 1, low/)
  })

  it('names what is missing, damaged or another table', async () => {
    await expect(readMetrics(join(folder, 'none.parquet'))).rejects.toThrow(DataError)
    writeFileSync(path, 'PAR1 not really PAR1')
    await expect(readMetrics(path)).rejects.toThrow(DataError)
    writeFileSync(
      path,
      new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'task', data: ['forecast'], type: 'STRING' }] })),
    )
    await expect(readMetrics(path)).rejects.toThrow(/column model.*no such column/)
  })
})

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ArrowFile } from '../../pipeline/arrow/arrowFile.js'
import { readArrowTable } from '../../pipeline/arrow/arrowTable.js'
import { writeArrowFile } from '../../pipeline/arrow/arrowWriter.js'
import { batchFromRows } from '../../pipeline/columns.js'
import { logSchema } from '../../pipeline/schema.js'
import { noPyarrow, pyarrow } from '../support/pyarrow.js'
import { tempFolder } from '../support/tempFolder.js'

test.skipIf(noPyarrow).each(['zstd', 'lz4', null] as const)(`%s: pyarrow reads what we write${noPyarrow}`, (codec) => {
  const file = join(tempFolder(), 'table.arrow')
  const rows = [
    {
      log_id: 'a',
      site_id: 's',
      route_id: 'r',
      rig_id: 'v',
      format: 'f',
      occupancy: 'boxes',
      frames: 3,
      file: 'x',
      source_hash: '',
    },
    {
      log_id: 'é',
      site_id: '東京',
      route_id: 'r',
      rig_id: 'v',
      date: '2024-05-06',
      format: 'f',
      occupancy: 'lidar',
      frames: -1,
      file: 'y',
      source_hash: 'ff',
    },
  ]
  writeArrowFile(file, logSchema, [batchFromRows(logSchema, rows), batchFromRows(logSchema, rows.slice(1))], codec)
  const full = rows.map((row) => ({ date: null, license: null, ...row }))
  expect(pyarrow('read_frames.py', file)).toMatchObject({ batches: 2, rows: [...full, full[1]] })
})

test.skipIf(noPyarrow).each(['zstd', 'lz4', 'uncompressed'])(
  `%s: we read what pyarrow writes${noPyarrow}`,
  async (codec) => {
    const file = join(tempFolder(), 'table.arrow')
    pyarrow('write_table.py', file, codec)
    const table = await readArrowTable(file)
    expect(table.numRows).toBe(3000)
    expect(table.schema.metadata.get('made')).toBe('by pyarrow')
    const lazy = await ArrowFile.open(file)
    expect(lazy.batchCount).toBe(2)
    const second = await lazy.readBatch(1)
    for (const i of [0, 1, 5, 7, 11, 1999, 2000, 2345, 2999]) {
      const expected = {
        ...{ name: i % 7 === 0 ? null : `name ${i % 3}`, text: i % 5 === 0 ? null : `text ${i}` },
        ...{ time_ns: 1_700_000_000_000_000_001n + BigInt(i), half: i / 8 },
        ...{ double: i % 11 === 0 ? null : i / 3, small: i % 256, flag: i % 2 === 0 },
        bytes: new Uint8Array(i % 40).fill(i % 251),
      }
      for (const [name, value] of Object.entries(expected)) {
        // Half precision keeps 11 bits: eighths up to 256.
        if (name === 'half' && i > 2047) continue
        expect(table.getChild(name)!.get(i), name).toEqual(value)
        if (i >= 2000) expect(second.getChild(name)!.get(i - 2000), name).toEqual(value)
      }
      expect([...table.getChild('pose')!.get(i).t]).toEqual([i, -1, 0.5])
      expect(table.getChild('noise')!.get(i).length).toBe(64)
    }
    await lazy.close()
  },
)

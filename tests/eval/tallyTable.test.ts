import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { occupancy } from '../../eval/measures/occupancy.js'

import { contextOf, rowsOf } from '../../eval/tallyRows.js'
import { readTallies, type Tallies, writeTallies } from '../../eval/tallyTable.js'
import { DataError } from '../../pipeline/errors.js'
import { handmadeTallies } from '../support/handmadeTallies.js'
import { noPyarrow } from '../support/pyarrow.js'

const folder = mkdtempSync(join(tmpdir(), 'occlab-tallies-'))
const path = join(folder, 'tallies.arrow')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the table of tallies', () => {
  let written: Tallies
  beforeEach(() => {
    written = handmadeTallies()
    writeTallies(path, written)
  })

  it('gives back what it was given, and so the same rows', async () => {
    const read = await readTallies(path)
    expect(read).toEqual(written)
    const rows = ({ about, tallies }: Tallies) => tallies.flatMap((tally) => rowsOf(tally, contextOf(about)))
    expect(rows(read)).toEqual(rows(written))
    expect(rows(read).length).toBeGreaterThan(50)
  })

  it('has the same bytes for the same tallies', () => {
    const first = readFileSync(path)
    writeTallies(path, handmadeTallies())
    expect(readFileSync(path).equals(first)).toBe(true)
  })

  it.skipIf(noPyarrow)(`is read by pyarrow: lists of doubles, one row a tally and log${noPyarrow}`, () => {
    const script = resolve(import.meta.dirname, 'python', 'tallies.py')
    const read = JSON.parse(execFileSync('python3', [script, path], { encoding: 'utf8' }))
    expect(read.types).toMatchObject({ horizon_s: 'double', frames: 'int32', sums: 'list<item: double not null>' })
    expect(read.nullable).toEqual(['horizon_s'])
    expect(read.part).toBe('test')
    const flat = written.tallies.flatMap(({ horizonS, logs, frames }) =>
      [...logs].map(([logId, sums]) => ({ logId, horizonS, count: frames.get(logId)!.count, sum: total(sums) })),
    )
    expect(read.logs).toEqual(flat.map(({ logId }) => logId))
    expect(read.horizons).toEqual(flat.map(({ horizonS }) => horizonS))
    expect(read.frames).toEqual(flat.map(({ count }) => count))
    expect(read.sums).toEqual(flat.map(({ sum }) => sum))
  })

  it('says what is wrong with a file that is missing, cut short or another table', async () => {
    await expect(readTallies(join(folder, 'none.arrow'))).rejects.toThrow(DataError)
    truncateSync(path, readFileSync(path).length - 20)
    await expect(readTallies(path)).rejects.toThrow(/tallies\.arrow.*truncated/)
    writeFileSync(path, 'no table at all')
    await expect(readTallies(path)).rejects.toThrow(DataError)
  })

  it('refuses a measure that it does not know, and sums that are not finite, naming the row', async () => {
    const [tally] = written.tallies
    const strange = { ...tally, measure: { ...occupancy, name: 'horoscope' } }
    writeTallies(path, { ...written, tallies: [strange] })
    await expect(readTallies(path)).rejects.toThrow(/row 0.*another version.*horoscope/)
    tally.logs.get('log-1')![3] = Number.NaN
    writeTallies(path, written)
    await expect(readTallies(path)).rejects.toThrow(/row 1.*not finite/)
  })

  it('refuses the same log twice, sums of two lengths, and metadata that lacks something', async () => {
    const [tally] = written.tallies
    writeTallies(path, { ...written, tallies: [tally, tally] })
    await expect(readTallies(path)).rejects.toThrow(/log log-0 again/)
    tally.logs.set('log-2', new Float64Array(3))
    writeTallies(path, { ...written, tallies: [tally] })
    await expect(readTallies(path)).rejects.toThrow(/row 2.*3 sums/)
    const { dataset: _, ...lacking } = written.about
    writeTallies(path, { about: lacking as never, tallies: [] })
    await expect(readTallies(path)).rejects.toThrow(/metadata evaluation, dataset/)
  })
})

const total = (sums: Float64Array) => sums.reduce((sum, value) => sum + value, 0)

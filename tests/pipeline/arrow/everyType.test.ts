import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Table, tableFromIPC, type Vector } from 'apache-arrow'
import { expect, test } from 'vitest'
import { ArrowFile } from '../../../pipeline/arrow/arrowFile.js'
import { readArrowTable } from '../../../pipeline/arrow/arrowTable.js'
import { Scratch } from '../../../pipeline/arrow/scratch.js'
import { noPyarrow, pyarrow } from '../../support/pyarrow.js'
import { tempFolder } from '../../support/tempFolder.js'

/** Values as text, so that rows of structs, maps and lists compare by what they hold. */
function valuesOf(column: Pick<Vector, 'get' | 'length'>): string[] {
  return Array.from({ length: column.length }, (_, row) => textOf(column.get(row)))
}

function textOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value)
  return `[${[...(value as Iterable<unknown>)].map(textOf).join()}]`
}

function namesOf({ schema }: Pick<Table, 'schema'>): string[] {
  return schema.fields.map(({ name }) => name)
}

// apache-arrow's own reader takes every column of every batch: it is what ours is held against, column by column.
test.skipIf(noPyarrow).each(['zstd', 'lz4', 'uncompressed'])(
  `%s: a column of every layout is what apache-arrow's reader makes of it, alone or among all${noPyarrow}`,
  async (codec) => {
    const path = join(tempFolder(), 'types.arrow')
    pyarrow('write_every_type.py', path, codec)
    const reference = tableFromIPC(readFileSync(path))
    const names = namesOf(reference)
    expect(names.length).toBe(23)
    const all = await readArrowTable(path)
    expect(namesOf(all)).toEqual(names)
    const file = await ArrowFile.open(path)
    const into = new Scratch()
    for (const name of names) {
      const expected = valuesOf(reference.getChild(name)!)
      expect(expected.length).toBe(50)
      expect(valuesOf(all.getChild(name)!), name).toEqual(expected)
      const alone = await readArrowTable(path, [name])
      expect(namesOf(alone)).toEqual([name])
      expect(valuesOf(alone.getChild(name)!), name).toEqual(expected)
      const second = await file.readColumns(1, { columns: [name, 'last'], into })
      expect(valuesOf(second.getChild(name)!), name).toEqual(expected.slice(30))
      expect(second.getChild('last')!.get(19)).toBe(49)
    }
    await file.close()
  },
)

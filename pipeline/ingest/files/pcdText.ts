import { DataError } from '../../errors.js'
import type { PackedField } from './packedPoints.js'
import type { PcdHeader } from './pcdHeader.js'
import { fieldNamed, type PointColumn, type PointField, type PointTable, type Viewpoint } from './pointTable.js'

/** The points of a PCD of text, one a line. */
export class TextPcd implements PointTable {
  readonly count: number
  readonly fields: readonly PointField[]
  readonly viewpoint: Viewpoint | null
  private readonly columns: ReadonlyMap<string, PointColumn>

  /** Throws DataError with the row for what is no point, and when there are not as many as the header says. */
  constructor(
    readonly file: string,
    { points, fields, singles, viewpoint }: PcdHeader,
    body: Buffer,
  ) {
    this.count = points
    this.fields = singles
    this.viewpoint = viewpoint
    const lines = body
      .toString('latin1')
      .split('\n')
      .filter((line) => line.trim() !== '')
    // Before any memory is taken for what the header promises.
    if (lines.length !== points)
      throw new DataError('not as many points as the header says', {
        file,
        place: 'DATA ascii',
        expected: `${points} lines`,
        actual: `${lines.length}`,
      })
    const width = fields.reduce((sum, { count }) => sum + count, 0)
    const targets = singles.map((field) => {
      const before = fields.slice(0, fields.indexOf(field))
      return { field, at: before.reduce((sum, { count }) => sum + count, 0), column: columnFor(field, points) }
    })
    lines.forEach((line, row) => {
      const words = line.trim().split(/\s+/)
      if (words.length !== width) throw this.wrong(row, `${width} numbers`, `${words.length}`)
      for (const { field, at, column } of targets) this.put(column, row, words[at], field)
    })
    this.columns = new Map(targets.map(({ field, column }) => [field.name, column]))
  }

  column(name: string): PointColumn {
    return this.columns.get(fieldNamed(this, name).name)!
  }

  private put(column: PointColumn, row: number, word: string, { name }: PackedField): void {
    if (column instanceof Float64Array) {
      const value = numberOf(word)
      if (value === null) throw this.wrong(row, `a number for ${name}`, word)
      column[row] = value
      return
    }
    const value = /^[+-]?\d{1,20}$/.test(word) ? BigInt(word) : null
    const fits = column instanceof BigInt64Array ? BigInt.asIntN : BigInt.asUintN
    if (value === null || value !== fits(64, value))
      throw this.wrong(row, `a whole number of 8 bytes for ${name}`, word)
    column[row] = value
  }

  private wrong(row: number, expected: string, actual: string): DataError {
    return new DataError('not a point', { file: this.file, place: `row ${row}`, expected, actual })
  }
}

function columnFor({ bytes, type }: PackedField, count: number): PointColumn {
  if (bytes !== 8 || type === 'F') return new Float64Array(count)
  return type === 'I' ? new BigInt64Array(count) : new BigUint64Array(count)
}

/** Null for what is no number; writers spell what is not finite in several ways. */
function numberOf(word: string): number | null {
  const value = Number(word)
  if (!Number.isNaN(value) || /^[+-]?nan$/i.test(word)) return value
  const infinite = /^([+-]?)inf(inity)?$/i.exec(word)
  if (!infinite) return null
  return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

import { DataError } from '../../errors.js'
import { fieldNamed, type PointTable } from '../files/pointTable.js'
import type { Description } from './description.js'

/** Fields that hold a label, in the order in which they are looked for. */
const labelFields = ['label', 'semantic', 'classification']
const unnamed = 'a code without a name'

/** Codes of labels, which may be any whole numbers, to indices of the names that the user gives them. */
export class PointLabels {
  /** In the order of their codes; the last one stands for every other code. */
  readonly categories: readonly string[]
  private readonly indices: ReadonlyMap<number, number>

  constructor(private readonly labels: NonNullable<Description['labels']>) {
    const codes = Object.keys(labels.names).sort((a, b) => Number(a) - Number(b))
    this.categories = [...codes.map((code) => labels.names[code]), unnamed]
    this.indices = new Map(codes.map((code, index) => [Number(code), index]))
  }

  /** An index of `categories` a point. Throws DataError when the points carry no label. */
  codesOf(table: PointTable): Uint8Array<ArrayBuffer> {
    const column = table.column(this.fieldOf(table))
    const out = new Uint8Array(table.count)
    const rest = this.categories.length - 1
    for (let p = 0; p < out.length; p++) out[p] = this.indices.get(Number(column[p])) ?? rest
    return out
  }

  private fieldOf(table: PointTable): string {
    if (this.labels.field) return fieldNamed(table, this.labels.field).name
    const field = labelFields.find((name) => table.fields.some((candidate) => candidate.name === name))
    if (field) return field
    throw new DataError('the points carry no label', {
      file: table.file,
      expected: `a field ${labelFields.join(', ')}, or its name as "labels.field"`,
      actual: table.fields.map(({ name }) => name).join(', '),
    })
  }
}

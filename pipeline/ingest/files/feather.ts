import { DataType, type Float, Precision, type Table, type Vector } from 'apache-arrow'
import { arrowTableOf, readArrowTable } from '../../arrow/arrowTable.js'
import { triplesOfHalves } from '../../arrow/kernels/columnKernel.js'
import { DataError } from '../../errors.js'
import type { FileBuffer } from './fileBuffer.js'
import { floatOfHalf } from './half.js'

/** The columns of one feather file, checked as they are asked for. Every getter throws DataError that names the file. */
export class Feather {
  private constructor(
    readonly file: string,
    private readonly table: Table,
  ) {}

  /** All columns, or those of the named ones that there are. */
  static async read(file: string, columns?: readonly string[]): Promise<Feather> {
    return new Feather(file, await readArrowTable(file, columns))
  }

  /** The same, by way of a buffer: good until it is used again. */
  static readInto(buffer: FileBuffer, file: string, columns: readonly string[]): Feather {
    return new Feather(file, arrowTableOf(file, buffer.read(file), columns, buffer.unpacked))
  }

  get rows(): number {
    return this.table.numRows
  }

  /** Metadata of the schema, by key. */
  get metadata(): ReadonlyMap<string, string> {
    return this.table.schema.metadata
  }

  has(name: string): boolean {
    return this.table.getChild(name) !== null
  }

  int64(name: string): BigInt64Array {
    return this.column(name, 'int64', (type) => DataType.isInt(type) && type.bitWidth === 64).toArray()
  }

  /** Any integer of at most 32 bits. */
  integers(name: string): Int32Array | Uint8Array {
    return this.column(name, 'an integer of at most 32 bits', (t) => DataType.isInt(t) && t.bitWidth <= 32).toArray()
  }

  /** Writes integers of at most 32 bits to `out`, which has room for a value a row; their low bits where it has fewer. */
  integersInto(name: string, out: Int32Array | Uint8Array): void {
    const fits = (type: DataType) => DataType.isInt(type) && type.bitWidth <= 32
    let at = 0
    for (const { values, length } of this.column(name, 'an integer of at most 32 bits', fits).data) {
      out.set(values.subarray(0, length), at)
      at += length
    }
  }

  float64(name: string): Float64Array {
    return Float64Array.from(this.column(name, 'float', DataType.isFloat).toArray())
  }

  /** Writes x y z a row of three float columns of any precision. */
  triplesInto(names: readonly [string, string, string], out: Float32Array): void {
    const vectors = names.map((name) => this.column(name, 'float', DataType.isFloat))
    const areHalves = vectors.every(({ type }) => type.precision === Precision.HALF)
    let row = 0
    for (const [chunk, { length }] of vectors[0].data.entries()) {
      const columns = vectors.map(({ data }) => data[chunk].values.subarray(0, length))
      const rows = out.subarray(3 * row, 3 * (row + length))
      if (areHalves) triplesOfHalves(columns, rows)
      else for (const [axis, values] of columns.entries()) intoTriples(vectors[axis].type, values, rows, axis)
      row += length
    }
  }

  text(name: string): string[] {
    const isText = (type: DataType): boolean =>
      DataType.isUtf8(type) || DataType.isLargeUtf8(type) || (DataType.isDictionary(type) && isText(type.dictionary))
    return [...this.column(name, 'utf8', isText)] as string[]
  }

  private column(name: string, expected: string, fits: (type: DataType) => boolean): Vector {
    const vector = this.table.getChild(name)
    const place = `column '${name}'`
    if (!vector) {
      const actual = this.table.schema.fields.map((field) => field.name).join(', ')
      throw new DataError('a column is missing', { file: this.file, place, expected, actual })
    }
    if (!fits(vector.type))
      throw new DataError('a column has the wrong type', { file: this.file, place, expected, actual: `${vector.type}` })
    if (vector.nullCount > 0)
      throw new DataError('a column has missing values', {
        file: this.file,
        place,
        actual: `${vector.nullCount} nulls`,
      })
    return vector
  }
}

function intoTriples(
  type: Float,
  values: Float32Array | Float64Array | Uint16Array,
  out: Float32Array,
  first: number,
): void {
  const isHalf = type.precision === Precision.HALF
  for (let i = 0, at = first; i < values.length; i++, at += 3) out[at] = isHalf ? floatOfHalf[values[i]] : values[i]
}

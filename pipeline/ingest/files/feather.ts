import { type Data, DataType, type Float, makeData, Precision, Vector } from 'apache-arrow'
import { type ArrowColumns, arrowColumnsOf, readArrowColumns } from '../../arrow/arrowTable.js'
import { areAtLeast } from '../../arrow/kernels/elements.js'
import { triplesOfHalves } from '../../arrow/kernels/triplesOfHalves.js'
import { DataError } from '../../errors.js'
import type { FileBuffer } from './fileBuffer.js'
import { floatOfHalf } from './half.js'

/** The columns of one feather file, checked as they are asked for. Every getter throws DataError that names the file. */
export class Feather {
  private constructor(
    readonly file: string,
    private readonly content: ArrowColumns,
  ) {}

  /** All columns, or those of the named ones that there are. */
  static async read(file: string, columns?: readonly string[]): Promise<Feather> {
    return new Feather(file, await readArrowColumns(file, columns))
  }

  /** The same, by way of a buffer: good until it is used again. */
  static readInto(buffer: FileBuffer, file: string, columns: readonly string[]): Feather {
    const kept = { into: buffer.unpacked, last: buffer.lastSchema }
    return new Feather(file, arrowColumnsOf(file, buffer.read(file), columns, kept))
  }

  get rows(): number {
    return this.content.batches.reduce((sum, { numRows }) => sum + numRows, 0)
  }

  /** Metadata of the schema, by key: the same map for files with the same schema that are read by way of one buffer. */
  get metadata(): ReadonlyMap<string, string> {
    return this.content.schema.metadata
  }

  has(name: string): boolean {
    return this.typeOf(name) !== null
  }

  int64(name: string): BigInt64Array {
    return this.vector(name, 'int64', (type) => DataType.isInt(type) && type.bitWidth === 64).toArray()
  }

  /** Writes integers to `out`, which has room for a value a row; those of 64 bits, as pandas has them, too where they fit. */
  integersInto(name: string, out: Int32Array | Uint8Array): void {
    let at = 0
    for (const { values, length } of this.column(name, 'an integer', DataType.isInt)) {
      const rows = values.subarray(0, length)
      out.set(rows.BYTES_PER_ELEMENT === 8 ? Float64Array.from(rows as BigInt64Array, Number) : rows, at)
      if (rows.constructor !== out.constructor) this.checkFit(name, rows, out, at)
      at += length
    }
  }

  /** Writes 1 a row to `out` where integers are at least `least`, else 0. */
  areAtLeastInto(name: string, least: number, out: Uint8Array): void {
    let at = 0
    for (const { values, length } of this.column(name, 'an integer', DataType.isInt)) {
      const rows = out.subarray(at, at + length)
      if (values instanceof Uint8Array) areAtLeast(values.subarray(0, length), least, rows)
      else for (let row = 0; row < length; row++) rows[row] = Number(values[row] >= least)
      at += length
    }
  }

  /** A float column of any precision. */
  float64(name: string): Float64Array {
    const out = new Float64Array(this.rows)
    let at = 0
    for (const chunk of this.column(name, 'float', DataType.isFloat)) {
      const values: Uint16Array | Float32Array | Float64Array = valuesOf(chunk)
      if (isHalf(chunk)) for (let row = 0; row < values.length; row++) out[at + row] = floatOfHalf[values[row]]
      else out.set(values, at)
      at += chunk.length
    }
    return out
  }

  /** A column of integers or floats; NaN where a row has none: pandas turns NaN into a missing value. */
  numbersIfAny(name: string): Float64Array {
    const out = new Float64Array(this.rows)
    const isNumber = (type: DataType) => DataType.isInt(type) || DataType.isFloat(type)
    let at = 0
    for (const chunk of this.chunks(name, 'a number', isNumber)) {
      const halves = DataType.isFloat(chunk.type) && isHalf(chunk)
      for (let row = 0; row < chunk.length; row++, at++) {
        if (!chunk.getValid(row)) out[at] = Number.NaN
        else out[at] = halves ? floatOfHalf[chunk.values[row]] : Number(chunk.values[row])
      }
    }
    return out
  }

  /** Writes x y z a row of three float columns of any precision, NaN where a row has none. Returns whether all are known to be finite. */
  triplesInto(names: readonly [string, string, string], out: Float32Array): boolean {
    const [x, y, z] = names.map((name) => this.chunks(name, 'float', DataType.isFloat))
    if ([x, y, z].flat().some(({ nullCount }) => nullCount > 0)) {
      for (const [axis, name] of names.entries())
        for (const [row, value] of this.numbersIfAny(name).entries()) out[3 * row + axis] = value
      return false
    }
    let row = 0
    let areFinite = true
    for (let batch = 0; batch < x.length; batch++) {
      const rows = out.subarray(3 * row, 3 * (row + x[batch].length))
      if (!triplesOf(x[batch], y[batch], z[batch], rows)) areFinite = false
      row += x[batch].length
    }
    return areFinite
  }

  text(name: string): string[] {
    const isText = (type: DataType): boolean =>
      DataType.isUtf8(type) || DataType.isLargeUtf8(type) || (DataType.isDictionary(type) && isText(type.dictionary))
    return [...this.vector(name, 'utf8', isText)] as string[]
  }

  private vector(name: string, expected: string, fits: (type: DataType) => boolean): Vector {
    const chunks = this.column(name, expected, fits)
    return new Vector(chunks.length > 0 ? chunks : [makeData({ type: this.typeOf(name), length: 0 } as never)])
  }

  /** Batch by batch, no row without a value. */
  private column(name: string, expected: string, fits: (type: DataType) => boolean): Data[] {
    const chunks = this.chunks(name, expected, fits)
    const nulls = chunks.reduce((sum, { nullCount }) => sum + nullCount, 0)
    if (nulls === 0) return chunks
    const place = `column '${name}'`
    throw new DataError('a column has missing values', { file: this.file, place, actual: `${nulls} nulls` })
  }

  private chunks(name: string, expected: string, fits: (type: DataType) => boolean): Data[] {
    const type = this.typeOf(name)
    const { file } = this
    const place = `column '${name}'`
    if (!type) {
      const actual = this.content.schema.fields.map((field) => field.name).join(', ')
      throw new DataError('a column is missing', { file, place, expected, actual })
    }
    if (!fits(type)) throw new DataError('a column has the wrong type', { file, place, expected, actual: `${type}` })
    return this.content.batches.map((batch) => batch.dataOf(name)!)
  }

  /** `rows` were written to `out` from `at` on: a number that it cannot hold has become another. */
  private checkFit(name: string, rows: ArrayLike<number | bigint>, out: Int32Array | Uint8Array, at: number): void {
    for (let row = 0; row < rows.length; row++)
      if (Number(rows[row]) !== out[at + row])
        throw new DataError('a number is too large or too small', {
          file: this.file,
          place: `column '${name}', row ${at + row}`,
          expected: out instanceof Uint8Array ? '0 to 255' : 'a number of 32 bits with a sign',
          actual: `${rows[row]}`,
        })
  }

  private typeOf(name: string): DataType | null {
    for (const field of this.content.schema.fields) if (field.name === name) return field.type
    return null
  }
}

function isHalf({ type }: Data): boolean {
  return (type as Float).precision === Precision.HALF
}

/** Without what a column has beyond its rows; of halves their bits. */
function valuesOf({ values, length }: Data): Uint16Array {
  return values.subarray(0, length)
}

/** Writes x y z a row; returns whether all are known to be finite. */
function triplesOf(x: Data, y: Data, z: Data, out: Float32Array): boolean {
  if (isHalf(x) && isHalf(y) && isHalf(z)) return triplesOfHalves(valuesOf(x), valuesOf(y), valuesOf(z), out)
  intoTriples(x, out, 0)
  intoTriples(y, out, 1)
  intoTriples(z, out, 2)
  return false
}

function intoTriples(chunk: Data, out: Float32Array, first: number): void {
  const halves = isHalf(chunk)
  const values: Float32Array | Float64Array | Uint16Array = valuesOf(chunk)
  for (let i = 0, at = first; i < values.length; i++, at += 3) out[at] = halves ? floatOfHalf[values[i]] : values[i]
}

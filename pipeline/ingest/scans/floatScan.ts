import { join } from 'node:path'
import { DataError } from '../../errors.js'
import { type NpyData, parseNpy } from '../files/npy.js'
import { parseNpyRecords } from '../files/npyRecords.js'
import { fieldNamed, type PointColumn, type PointField, type PointTable } from '../files/pointTable.js'
import { readWhole, sizeOf } from '../files/wholeFile.js'
import { descriptionFileName } from './description.js'

const floatBytes = 4
/** What a `.bin` or `.npy` may be taken for: more numbers a point than this nobody writes without saying so. */
const [leastFloats, mostFloats] = [3, 16]
const usualColumns = ['x', 'y', 'z', 'intensity']
const stateColumns = `"columns" in ${descriptionFileName}, such as ["x", "y", "z", "intensity"]`

/** Points of a plain array, one a row: `.bin` and `.npy`. */
class ArrayTable implements PointTable {
  readonly count: number
  readonly fields: readonly PointField[]
  readonly viewpoint = null

  constructor(
    readonly file: string,
    names: readonly string[],
    private readonly data: NpyData,
  ) {
    this.count = data.length / names.length
    const kind = data instanceof Float32Array || data instanceof Float64Array ? 'float' : 'integer'
    this.fields = names.map((name) => ({ name, kind, bytes: data.BYTES_PER_ELEMENT }))
  }

  column(name: string): PointColumn {
    const index = this.fields.indexOf(fieldNamed(this, name))
    const { data, count } = this
    const width = this.fields.length
    const out = new Float64Array(count)
    for (let p = 0, at = index; p < count; p++, at += width) out[p] = Number(data[at])
    return out
  }
}

/** A `.bin` of little-endian float32. Throws DataError when it is no whole number of points. */
export async function readBin(file: string, columns: readonly string[]): Promise<PointTable> {
  const bytes = await readWhole(file)
  const stride = floatBytes * columns.length
  if (bytes.length % stride !== 0)
    throw new DataError('not whole points', {
      file,
      place: `byte ${bytes.length - (bytes.length % stride)}`,
      expected: `a multiple of ${stride} bytes for ${columns.join(' ')}`,
      actual: `${bytes.length}`,
    })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const data = new Float32Array(bytes.length / floatBytes)
  for (let i = 0; i < data.length; i++) data[i] = view.getFloat32(floatBytes * i, true)
  return new ArrayTable(file, columns, data)
}

/**
 * A `.npy` of N points: records that name their fields, or 3 to 16 numbers each. `columns` null: x, y, z, and nothing is known
 * of the rest. Throws DataError for another shape: one of few rows and many columns is a row a coordinate, as nuScenes'
 * development kit holds points.
 */
export async function readNpyScan(file: string, columns: readonly string[] | null): Promise<PointTable> {
  const bytes = await readWhole(file)
  const records = parseNpyRecords(bytes, file)
  if (records && !columns) return records
  if (records)
    throw new DataError('records name their fields themselves', {
      file,
      expected: `no "columns" in ${descriptionFileName} for them`,
      actual: records.fields.map(({ name }) => name).join(', '),
    })
  const { shape, data } = parseNpy(bytes, file)
  const width = columns?.length ?? shape[1]
  const isWidth = columns !== null || (width >= leastFloats && width <= mostFloats)
  if (shape.length === 2 && shape[1] === width && isWidth)
    return new ArrayTable(file, columns ?? unnamed(width, ['x', 'y', 'z']), data)
  throw new DataError('not an array of points', {
    file,
    place: 'shape',
    expected: columns
      ? `(N, ${width}) for ${columns.join(' ')}`
      : `(N, ${leastFloats}) to (N, ${mostFloats}), a row a point; or ${stateColumns}`,
    actual: `(${shape.join(', ')})`,
  })
}

/**
 * The columns of the `.bin` files of one folder where nobody says: when only one number of float32 a point, from 3 to 16,
 * fits the lengths of all of them, and it is one that is usual (3, or more with intensity fourth). Throws DataError
 * otherwise.
 */
export async function binColumns(dir: string, files: readonly string[]): Promise<string[]> {
  const sizes = await Promise.all(files.map((file) => sizeOf(join(dir, file))))
  const candidates = Array.from({ length: mostFloats - leastFloats + 1 }, (_, i) => leastFloats + i)
  const fitting = candidates.filter((count) => sizes.every((size) => size % (floatBytes * count) === 0))
  if (fitting.length === 1 && fitting[0] <= 6) return unnamed(fitting[0], usualColumns)
  throw new DataError('what a point of the .bin files holds is not known', {
    file: join(dir, files[0]),
    expected: stateColumns,
    actual: `lengths that fit ${fitting.join(', ') || 'no number from 3 to 16'} float32 a point`,
  })
}

/** The first `width` names, and numbers for what has none. */
function unnamed(width: number, names: readonly string[]): string[] {
  return Array.from({ length: width }, (_, i) => names[i] ?? `column${i}`)
}

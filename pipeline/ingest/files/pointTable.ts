import { DataError } from '../../errors.js'

/** Values of one field, one a point. Integers of 8 bytes stay exact. */
export type PointColumn = Float64Array | BigInt64Array | BigUint64Array

/** The fields of one file of points, decoded as they are asked for. Metres for x, y and z; the rest as the file has it. */
export interface PointTable {
  readonly file: string
  readonly count: number
  /** Names of the fields that hold one number a point. */
  readonly fields: readonly PointField[]
  /** Where the file says the sensor stood; null when it says nothing. */
  readonly viewpoint: Viewpoint | null
  /** Throws DataError that names the fields there are when there is none of that name. */
  column(name: string): PointColumn
}

export interface PointField {
  name: string
  /** How the file stores it. */
  kind: 'float' | 'integer'
  bytes: number
}

export interface Viewpoint {
  /** w x y z. */
  q: readonly [number, number, number, number]
  t: readonly [number, number, number]
}

export function fieldNamed({ file, fields }: Pick<PointTable, 'file' | 'fields'>, name: string): PointField {
  const field = fields.find((candidate) => candidate.name === name)
  if (field) return field
  throw new DataError('a field of the points is missing', {
    file,
    expected: name,
    actual: fields.map((candidate) => candidate.name).join(', '),
  })
}

/** A numeric column as numbers; integers of 8 bytes beyond 2⁵³ lose their last digits. */
export function numbersOf(column: PointColumn): Float64Array {
  return column instanceof Float64Array ? column : Float64Array.from(column as BigInt64Array, Number)
}

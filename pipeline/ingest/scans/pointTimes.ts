import { DataError } from '../../errors.js'
import { nsPerUnit } from '../files/decimalNs.js'
import { fieldNamed, type PointColumn, type PointField, type PointTable } from '../files/pointTable.js'
import { descriptionFileName, type PointTime } from './description.js'

/** A point is of a scan when it was taken at most this far from the scan's time. */
export const maxOffsetNs = 1e9
/** Stands for an offset beyond that, or none. */
export const noOffset = 0x7fffffff

/** Fields that hold the time of a point by their names. */
const timeFields = ['t', 'time', 'timestamp', 'time_stamp', 'offset_time', 'gps_time']

/** What drivers of LiDARs write under these names and types; of other combinations several meanings are about. */
function usual({ name, kind, bytes }: PointField): Omit<PointTime, 'field'> | null {
  if ((name === 't' || name === 'offset_time') && kind === 'integer') return { unit: 'ns', from: 'scan' }
  if (name === 'time' && kind === 'float' && bytes === 4) return { unit: 's', from: 'scan' }
  if (name === 'timestamp' && kind === 'float' && bytes === 8) return { unit: 's', from: 'clock' }
  return null
}

/**
 * When each point was taken, ns after its scan; `noOffset` for a time that is none or beyond `maxOffsetNs`. Zeros when the
 * points carry no time, the same one all over, or one that the user says to leave. `stated` is the user's word: null to
 * leave it, undefined when nothing is said. Rows that are not used may hold any time. Throws DataError when the meaning of
 * a time is not known.
 */
export function pointOffsetsNs(
  table: PointTable,
  stated: PointTime | null | undefined,
  scanNs: bigint,
  isUsed: (row: number) => boolean,
): Int32Array<ArrayBuffer> {
  if (stated === null) return new Int32Array(table.count)
  if (stated) {
    fieldNamed(table, stated.field)
    return offsets(table.column(stated.field), stated, scanNs, isUsed)
  }
  const found = table.fields.filter(({ name }) => timeFields.includes(name))
  const [field] = found
  if (!field) return new Int32Array(table.count)
  const meaning = found.length === 1 ? usual(field) : null
  if (meaning) return offsets(table.column(field.name), meaning, scanNs, isUsed)
  if (found.every(({ name }) => isConstant(table.column(name)))) return new Int32Array(table.count)
  throw new DataError('what the time of a point counts from, and in which unit, is not known', {
    file: table.file,
    place: `field ${found.map(({ name }) => name).join(', ')}`,
    expected: `"point_time" in ${descriptionFileName}: {"field": …, "unit": s | ms | us | ns, "from": scan | clock | earliest}, or null to leave it`,
    actual: found.map(({ kind, bytes }) => `${kind} of ${bytes} bytes`).join(', '),
  })
}

function isConstant(column: PointColumn): boolean {
  return (column as Float64Array).every((value) => value === column[0])
}

/** Taken apart into whole units and the rest, so that seconds since the epoch keep what a double holds of them. */
function offsets(
  column: PointColumn,
  { unit, from }: Omit<PointTime, 'field'>,
  scanNs: bigint,
  isUsed: (row: number) => boolean,
): Int32Array<ArrayBuffer> {
  const perUnit = nsPerUnit[unit]
  const startNs = from === 'clock' ? scanNs : 0n
  const whole = from === 'earliest' ? earliest(column, isUsed) : startNs / BigInt(perUnit)
  const restNs = Number(startNs % BigInt(perUnit))
  const [wholeNumber, wholeInteger] = [Number(whole), typeof whole === 'bigint' ? whole : 0n]
  const out = new Int32Array(column.length)
  for (let p = 0; p < out.length; p++) {
    const value = column[p]
    const units = typeof value === 'bigint' ? Number(value - wholeInteger) : value - wholeNumber
    const ns = Math.round(units * perUnit - restNs)
    // Written so that NaN is none either.
    out[p] = Math.abs(ns) <= maxOffsetNs ? ns : noOffset
  }
  return out
}

/** The least of the used points that have one; 0 where none has. */
function earliest(column: PointColumn, isUsed: (row: number) => boolean): number | bigint {
  let least: number | bigint | null = null
  for (let row = 0; row < column.length; row++) {
    const value = column[row]
    if (isUsed(row) && !Number.isNaN(value) && (least === null || value < least)) least = value
  }
  return least ?? 0
}

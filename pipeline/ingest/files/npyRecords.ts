import { DataError } from '../../errors.js'
import { npyHeader } from './npy.js'
import { type PackedField, PackedPoints } from './packedPoints.js'
import type { PointTable } from './pointTable.js'

/** NumPy's kinds of numbers, and the bytes that each may have. */
const numberKinds: Readonly<Record<string, { type: PackedField['type']; bytes: readonly number[] }>> = {
  b: { type: 'U', bytes: [1] },
  i: { type: 'I', bytes: [1, 2, 4, 8] },
  u: { type: 'U', bytes: [1, 2, 4, 8] },
  f: { type: 'F', bytes: [2, 4, 8] },
}
/** Raw bytes, text and times: nobody asks for them, and they are stepped over. */
const steppedOver: Readonly<Record<string, number>> = { V: 1, S: 1, U: 4, M: 1, m: 1 }

/**
 * The points of a `.npy` of records, one a point, as NumPy saves a structured array of any shape
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). Null for an array of plain numbers. Throws
 * DataError for records within records, big-endian ones, and a file that is shorter or longer than its header says.
 */
export function parseNpyRecords(bytes: Buffer, file: string): PointTable | null {
  const { text, end } = npyHeader(bytes, (place) => ({ file, place }))
  const list = /'descr':\s*\[(.*)\]\s*,\s*'(?:fortran_order|shape)'/s.exec(text)?.[1]
  const dims = /'shape':\s*\(([\d,\sL]*)\)/.exec(text)?.[1]
  if (list === undefined || dims === undefined) return null
  const fields = fieldsOf(list, file)
  const last = fields[fields.length - 1]
  const stride = last.at + last.bytes * last.count
  const lengths = dims.split(',').filter((part) => part.trim() !== '')
  const points = lengths.reduce((product, length) => product * Number.parseInt(length, 10), 1)
  const body = bytes.subarray(end)
  if (body.length === points * stride) {
    const singles = fields.filter(({ name, count }) => count === 1 && name !== '')
    return new PackedPoints(file, { points, singles, viewpoint: null }, body, stride)
  }
  throw new DataError(body.length < points * stride ? 'truncated .npy file' : 'bytes after the end of the array', {
    file,
    place: 'data',
    expected: `${points * stride} bytes, ${points} records of ${stride}`,
    actual: `${body.length}`,
  })
}

/** `('x', '<f4'), ('normal', '<f4', (3,)), ('', '|V4')`: name, byte order, kind, size and, for several numbers, their shape. */
const oneField = /\s*\(\s*'([^']*)'\s*,\s*'([<>|=]?)([A-Za-z])(\d+)(?:\[\w+\])?'\s*(?:,\s*\(([\d,\s]*)\)\s*)?\)\s*,?/y

function fieldsOf(list: string, file: string): PackedField[] {
  const fields: PackedField[] = []
  oneField.lastIndex = 0
  for (let start = 0, at = 0; start < list.trimEnd().length; start = oneField.lastIndex) {
    const match = oneField.exec(list)
    const field = match && fieldOf(match, at)
    if (!field)
      throw new DataError('records with a field that cannot be read', {
        file,
        place: 'header',
        expected: 'names with little-endian numbers',
        actual: list.slice(start, start + 80).trim(),
      })
    fields.push(field)
    at += field.bytes * field.count
  }
  if (fields.length > 0) return fields
  throw new DataError('records without a field', { file, place: 'header' })
}

/** Null for one that cannot be read. What is stepped over has no name. */
function fieldOf([, name, order, kind, size, shape = '']: RegExpExecArray, at: number): PackedField | null {
  const dims = shape.split(',').filter((part) => part.trim() !== '')
  const count = dims.reduce((product, length) => product * Number(length), 1)
  const bytes = Number(size)
  const unitBytes = steppedOver[kind]
  if (unitBytes) return { name: '', type: 'U', kind: 'integer', bytes: bytes * unitBytes, count, at }
  const number = numberKinds[kind]
  if (!number?.bytes.includes(bytes) || (order === '>' && bytes > 1)) return null
  return { name, type: number.type, kind: number.type === 'F' ? 'float' : 'integer', bytes, count, at }
}

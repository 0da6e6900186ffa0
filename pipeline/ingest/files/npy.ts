import { readFile } from 'node:fs/promises'
import { DataError, messageOf } from '../../errors.js'
import { floatOfHalf } from './half.js'

/** A two-dimensional array, row by row. */
export interface Matrix {
  rows: number
  columns: number
  values: Float32Array
}

const readersOf: Record<string, (bytes: DataView, at: number) => number> = {
  '<f2': (bytes, at) => floatOfHalf[bytes.getUint16(at, true)],
  '<f4': (bytes, at) => bytes.getFloat32(at, true),
  '<f8': (bytes, at) => bytes.getFloat64(at, true),
}

/**
 * Reads a two-dimensional `.npy` of little-endian floats
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). Throws DataError for anything else:
 * Fortran order and big-endian numbers are refused by name.
 */
export async function readNpy(file: string): Promise<Matrix> {
  const bytes = await readFile(file).catch((error) => {
    throw new DataError('cannot be read', { file, actual: messageOf(error), cause: error })
  })
  if (bytes.subarray(0, 6).toString('latin1') !== '\x93NUMPY')
    throw new DataError('not an .npy file', { file, place: 'byte 0', expected: '\\x93NUMPY' })
  const [lengthAt, headerAt] = bytes[6] === 1 ? [8, 10] : [8, 12]
  const headerLength = bytes[6] === 1 ? bytes.readUInt16LE(lengthAt) : bytes.readUInt32LE(lengthAt)
  const header = bytes.subarray(headerAt, headerAt + headerLength).toString('latin1')
  const type = header.match(/'descr':\s*'([^']+)'/)?.[1] ?? ''
  const shape = header.match(/'shape':\s*\((\d+),\s*(\d+)\)/)
  const read = readersOf[type]
  if (!read || !shape || /'fortran_order':\s*True/.test(header))
    throw new DataError('an array of another kind', {
      file,
      place: 'header',
      expected: `two dimensions of ${Object.keys(readersOf).join(', ')} in C order`,
      actual: header.trim(),
    })
  return matrixOf(file, bytes, headerAt + headerLength, [Number(shape[1]), Number(shape[2])], Number(type[2]), read)
}

function matrixOf(
  file: string,
  bytes: Buffer,
  start: number,
  [rows, columns]: [number, number],
  size: number,
  read: (bytes: DataView, at: number) => number,
): Matrix {
  const expected = start + rows * columns * size
  if (bytes.length < expected)
    throw new DataError('truncated .npy file', { file, expected: `${expected} bytes`, actual: `${bytes.length}` })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return {
    rows,
    columns,
    values: Float32Array.from({ length: rows * columns }, (_, i) => read(view, start + i * size)),
  }
}

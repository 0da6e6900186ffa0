import { DataError } from '../../errors.js'
import { cOrder } from './cOrder.js'
import { floatOfHalf } from './half.js'
import { readWhole } from './wholeFile.js'

export type NpyData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array

/** An array of any number of dimensions: `data` holds the product of `shape` elements in C order, the last axis fastest. */
export interface NpyArray {
  shape: readonly number[]
  data: NpyData
}

type Elements = new (buffer: ArrayBuffer, byteOffset: number, length: number) => NpyData

/** By NumPy's kind and size in bytes. Half precision (`f2`) is not among them: it becomes Float32Array. */
const elementsOf: Readonly<Record<string, Elements>> = {
  b1: Uint8Array,
  u1: Uint8Array,
  i1: Int8Array,
  u2: Uint16Array,
  i2: Int16Array,
  f2: Uint16Array,
  u4: Uint32Array,
  i4: Int32Array,
  f4: Float32Array,
  u8: BigUint64Array,
  i8: BigInt64Array,
  f8: Float64Array,
}

/** Names for the kinds of array that are refused, by the first letter of their type. */
const refusedKinds: Readonly<Record<string, string>> = {
  O: 'Python objects (a pickle, which is never run)',
  c: 'complex numbers',
  f: 'floats of that size',
  m: 'time differences',
  M: 'dates',
  S: 'byte strings',
  U: 'text',
  V: 'raw bytes',
  '[': 'records of named fields',
}

const magic = '\x93NUMPY'

/** Reads a `.npy` file; see `parseNpy`. */
export async function readNpy(file: string): Promise<NpyArray> {
  const bytes = await readWhole(file)
  return parseNpy(bytes, file)
}

/**
 * An array from the bytes of a `.npy`, versions 1 to 3
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). Columns-first arrays are transposed and
 * big-endian numbers swapped; bool becomes Uint8Array (0 or 1), float16 Float32Array. The array may share `bytes`.
 *
 * `file` is for messages, and `entry` its part where it is an archive. Throws DataError for objects (pickles), records,
 * text, dates and complex numbers, by name, and for a file that is shorter or longer than its header says.
 */
export function parseNpy(bytes: Uint8Array, file: string, entry?: string): NpyArray {
  const at = (place: string) => ({ file, place: entry === undefined ? place : `entry '${entry}', ${place}` })
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { text, end } = npyHeader(buffer, at)
  const { type, isBigEndian, isColumnsFirst, shape } = parseHeader(text, at)
  const count = shape.reduce((product, length) => product * length, 1)
  const size = Number(type[1])
  const body = buffer.subarray(end)
  // A product beyond 2^53 is inexact, and far longer than any file: unequal all the same.
  if (body.length !== count * size)
    throw new DataError(body.length < count * size ? 'truncated .npy file' : 'bytes after the end of the array', {
      ...at('data'),
      expected: `${count * size} bytes for (${shape.join(', ')}) of ${type}`,
      actual: `${body.length}`,
    })
  const stored = elements(body, type, isBigEndian)
  const data = type === 'f2' ? floats(stored as Uint16Array) : stored
  return { shape, data: isColumnsFirst ? cOrder(data, shape) : data }
}

type Placed = (place: string) => { file: string; place: string }

/** The header's dictionary, and where the data starts. Throws DataError for a file that is none. */
export function npyHeader(buffer: Buffer, at: Placed): { text: string; end: number } {
  if (buffer.toString('latin1', 0, magic.length) !== magic)
    throw new DataError('not an .npy file', { ...at('byte 0'), expected: '\\x93NUMPY' })
  const version = buffer[6]
  const isLong = version === 2 || version === 3
  const start = isLong ? 12 : 10
  if (version !== 1 && !isLong)
    throw new DataError('an .npy file of an unknown version', {
      ...at('byte 6'),
      expected: '1, 2 or 3',
      actual: `${version}`,
    })
  const length = buffer.length < start ? 0 : isLong ? buffer.readUInt32LE(8) : buffer.readUInt16LE(8)
  const end = start + length
  if (buffer.length < end || length === 0)
    throw new DataError('truncated .npy file', {
      ...at('header'),
      expected: `${end} bytes`,
      actual: `${buffer.length}`,
    })
  return { text: buffer.toString(version === 3 ? 'utf8' : 'latin1', start, end).trim(), end }
}

interface Header {
  /** Kind and size in bytes, such as `f4`. */
  type: string
  isBigEndian: boolean
  isColumnsFirst: boolean
  shape: number[]
}

/** The header is a Python dictionary: `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`, in any order. */
function parseHeader(text: string, at: Placed): Header {
  const descr = text.match(/'descr':\s*(?:'([<>|=])?([A-Za-z]\w*)(?:\[[^']*)?'|(\[))/)
  const order = text.match(/'fortran_order':\s*(True|False)\s*[,}]/)?.[1]
  // Python 2 wrote an L behind its numbers.
  const dims = text.match(/'shape':\s*\(((?:\s*\d+L?\s*,)*(?:\s*\d+L?)?)\s*\)\s*[,}]/)?.[1]
  if (!descr || order === undefined || dims === undefined || !text.startsWith('{') || !text.endsWith('}'))
    throw new DataError('not the header of an array', {
      ...at('header'),
      expected: "{'descr': …, 'fortran_order': …, 'shape': …}",
      actual: text.slice(0, 200),
    })
  const [, byteOrder = '|', type = '', isRecord] = descr
  if (isRecord || !Object.hasOwn(elementsOf, type))
    throw new DataError(`an array of ${refusedKinds[isRecord ?? type[0]] ?? 'an unknown type'} cannot be read`, {
      ...at('header'),
      expected: Object.keys(elementsOf).join(', '),
      actual: isRecord ? text.slice(0, 200) : `${byteOrder}${type}`,
    })
  const shape = dims.split(',').filter((part) => part.trim() !== '')
  return {
    type,
    isBigEndian: byteOrder === '>',
    isColumnsFirst: order === 'True',
    shape: shape.map((part) => Number.parseInt(part, 10)),
  }
}

/** The numbers as this machine has them (little-endian); shares memory where it can. */
function elements(body: Buffer, type: string, isBigEndian: boolean): NpyData {
  const size = Number(type[1])
  const swaps = isBigEndian && size > 1
  // A typed array starts at a multiple of its element's size, and swapping must not reach the caller's bytes.
  const own = swaps || body.byteOffset % size !== 0 ? Buffer.from(new Uint8Array(body).buffer) : body
  if (swaps) [own.swap16, own.swap32, own.swap64][Math.log2(size) - 1].call(own)
  return new elementsOf[type](own.buffer as ArrayBuffer, own.byteOffset, own.length / size)
}

function floats(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length)
  for (let i = 0; i < values.length; i++) values[i] = floatOfHalf[halves[i]]
  return values
}

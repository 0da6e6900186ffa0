import { DataError } from '../../errors.js'
import { decompressLzf } from './lzf.js'
import { type PcdField, type PcdHeader, parsePcdHeader } from './pcdHeader.js'
import { TextPcd } from './pcdText.js'
import { fieldNamed, type PointColumn, type PointField, type PointTable, type Viewpoint } from './pointTable.js'
import { readWhole } from './wholeFile.js'

/** Reads a PCD; see `parsePcd`. */
export async function readPcd(file: string): Promise<PointTable> {
  return parsePcd(await readWhole(file), file)
}

/**
 * The fields of a PCD of any layout, as text, binary or LZF-compressed
 * (https://pointclouds.org/documentation/tutorials/pcd_file_format.html). Fields of several numbers a point cannot be
 * asked for. Throws DataError for a damaged header, and for data that is shorter or longer than it says.
 */
export function parsePcd(bytes: Buffer, file: string): PointTable {
  const header = parsePcdHeader(bytes, file)
  const body = bytes.subarray(header.end)
  if (header.encoding === 'ascii') return new TextPcd(file, header, body)
  if (header.encoding === 'binary') return new BinaryPcd(file, header, wholeBody(body, header, file), header.stride)
  return new BinaryPcd(file, header, inflate(body, header, file), null)
}

/** Points one after the other, or, where `stride` is null, fields one after the other. */
class BinaryPcd implements PointTable {
  readonly count: number
  readonly fields: readonly PointField[]
  readonly viewpoint: Viewpoint | null

  constructor(
    readonly file: string,
    header: PcdHeader,
    private readonly body: Uint8Array,
    private readonly stride: number | null,
  ) {
    this.count = header.points
    this.fields = header.singles
    this.viewpoint = header.viewpoint
  }

  column(name: string): PointColumn {
    const { type, bytes, at } = fieldNamed(this, name) as PcdField
    const { count, body } = this
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
    const [start, step] = this.stride === null ? [at * count, bytes] : [at, this.stride]
    if (bytes === 8 && type !== 'F') {
      const signed = type === 'I'
      const out = signed ? new BigInt64Array(count) : new BigUint64Array(count)
      for (let p = 0, from = start; p < count; p++, from += step)
        out[p] = signed ? view.getBigInt64(from, true) : view.getBigUint64(from, true)
      return out
    }
    const read = numberReaders[`${type}${bytes}`]
    const out = new Float64Array(count)
    for (let p = 0, from = start; p < count; p++, from += step) out[p] = read(view, from)
    return out
  }
}

const numberReaders: Readonly<Record<string, (view: DataView, at: number) => number>> = {
  I1: (view, at) => view.getInt8(at),
  I2: (view, at) => view.getInt16(at, true),
  I4: (view, at) => view.getInt32(at, true),
  U1: (view, at) => view.getUint8(at),
  U2: (view, at) => view.getUint16(at, true),
  U4: (view, at) => view.getUint32(at, true),
  F4: (view, at) => view.getFloat32(at, true),
  F8: (view, at) => view.getFloat64(at, true),
}

function wholeBody(body: Buffer, { points, stride }: PcdHeader, file: string): Uint8Array {
  const wanted = points * stride
  // A line's end or padding may follow, but not another point.
  if (body.length >= wanted && body.length < wanted + stride) return body
  throw new DataError(body.length < wanted ? 'truncated PCD' : 'more data than the header says', {
    file,
    place: 'DATA',
    expected: `${wanted} bytes, ${points} points of ${stride}`,
    actual: `${body.length}`,
  })
}

/** Two lengths of 4 bytes, compressed and not, then one LZF block. */
function inflate(body: Buffer, { points, stride }: PcdHeader, file: string): Uint8Array {
  const place = 'DATA binary_compressed'
  const wanted = points * stride
  const [packed, unpacked] = body.length < 8 ? [body.length, wanted] : [body.readUInt32LE(0), body.readUInt32LE(4)]
  if (body.length < 8 + packed)
    throw new DataError('truncated PCD', { file, place, expected: `${8 + packed} bytes`, actual: `${body.length}` })
  if (unpacked !== wanted)
    throw new DataError('not the length that the header says', {
      file,
      place,
      expected: `${wanted} bytes, ${points} points of ${stride}`,
      actual: `${unpacked}`,
    })
  const out = decompressLzf(body.subarray(8, 8 + packed), unpacked)
  if (out) return out
  throw new DataError('damaged LZF data', { file, place, expected: `${unpacked} bytes from ${packed}` })
}

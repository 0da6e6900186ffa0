import { DataError } from '../../errors.js'
import { decompressLzf } from './lzf.js'
import { PackedPoints } from './packedPoints.js'
import { type PcdHeader, parsePcdHeader } from './pcdHeader.js'
import { TextPcd } from './pcdText.js'
import type { PointTable } from './pointTable.js'
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
  if (header.encoding === 'binary') return new PackedPoints(file, header, wholeBody(body, header, file), header.stride)
  return new PackedPoints(file, header, inflate(body, header, file), null)
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

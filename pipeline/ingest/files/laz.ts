import { createRequire } from 'node:module'
import type { LazPerf } from 'laz-perf'
import { DataError } from '../../errors.js'
import type { LasHeader } from './lasHeader.js'

/** The formats without waveforms: the decoder knows no others, and fails in its own memory when it meets them. */
const decoded = [0, 1, 2, 3, 6, 7, 8]
const axes = ['x', 'y', 'z']
/** No LAZ is packed denser: two million equal points take 14 KB. */
const mostPointsPerByte = 1024
/** Room that is made for points at first; it doubles as they come. */
const firstPoints = 65536

/**
 * Point records of a LAZ, as a LAS would hold them (LASzip: Isenburg 2013, https://doi.org/10.14358/PERS.79.2.209).
 * Throws DataError for formats with waveforms, a chunk table that does not go with the number of points, and data that
 * decompresses to points outside the box that the header states: LASzip itself has no checksum.
 */
export async function decompressLaz(bytes: Buffer, header: LasHeader, file: string): Promise<Uint8Array> {
  if (!decoded.includes(header.format))
    throw new DataError('compressed points with waveforms cannot be read', {
      file,
      place: 'byte 104',
      expected: `format ${decoded.join(', ')}, or an uncompressed LAS`,
      actual: `${header.format}`,
    })
  checkChunks(bytes, header, file)
  if (header.points === 0) return new Uint8Array(0)
  const decoder = await loadDecoder()
  try {
    return decode(decoder, bytes, header, file)
  } catch (error) {
    // After a trap its memory is in no known state.
    loaded = null
    if (error instanceof DataError) throw error
    throw new DataError('damaged LAZ data', { file, actual: 'bytes that the decoder cannot decode', cause: error })
  }
}

/**
 * Holds the number of points against the chunk table, which is the last thing that is written: a file that was cut off
 * has none, and a header that promises more than its chunks hold is found out before memory is taken for it.
 */
function checkChunks(bytes: Buffer, { dataAt, points, pointBytes, chunkPoints }: LasHeader, file: string): void {
  const tableAt = dataAt + 8 <= bytes.length ? Number(bytes.readBigInt64LE(dataAt)) : -1
  if (tableAt < dataAt + 8 || tableAt + 8 > bytes.length)
    throw new DataError('a truncated LAZ: its chunk table is missing', {
      file,
      place: `byte ${dataAt}`,
      expected: `an address up to ${bytes.length - 8}`,
      actual: `${tableAt}`,
    })
  const chunks = bytes.readUInt32LE(tableAt + 4)
  // Each chunk starts with a whole point.
  const room = Math.floor((tableAt - dataAt - 8) / pointBytes)
  const most = Math.min(chunkPoints ? chunks * chunkPoints : Number.POSITIVE_INFINITY, bytes.length * mostPointsPerByte)
  const least = chunkPoints ? most - chunkPoints + 1 : chunks
  if (chunks <= room && points <= most && (points >= least || chunks === 0)) return
  throw new DataError('the number of points does not go with its chunks', {
    file,
    place: `chunk table, byte ${tableAt}`,
    expected: `${points} points in chunks of ${chunkPoints || 'any size'}, of which ${room} have room`,
    actual: `${chunks} chunks`,
  })
}

function decode(lib: LazPerf, bytes: Buffer, header: LasHeader, file: string): Uint8Array {
  const { points, pointBytes } = header
  const [data, point, laszip] = [lib._malloc(bytes.length), lib._malloc(pointBytes), new lib.LASZip()]
  try {
    if (data === 0 || point === 0) throw new DataError('no memory to decode it in', { file })
    lib.HEAPU8.set(bytes, data)
    laszip.open(data, bytes.length)
    let out = new Uint8Array(Math.min(points, firstPoints) * pointBytes)
    for (let p = 0, end = pointBytes; p < points; p++, end += pointBytes) {
      if (end > out.length) out = grown(out, points * pointBytes)
      laszip.getPoint(point)
      // Asked for anew each time: it moves when the decoder's memory grows.
      const heap = lib.HEAPU8
      for (let at = end - pointBytes, from = point; at < end; at++, from++) out[at] = heap[from]
      checkPoint(out, p, header, file)
    }
    return out
  } finally {
    laszip.delete()
    lib._free(point)
    lib._free(data)
  }
}

function grown(out: Uint8Array, most: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(2 * out.length, most))
  larger.set(out)
  return larger
}

/** Holds a point against the header's box, which writers round; a box of nothing was never filled in. */
function checkPoint(records: Uint8Array, row: number, header: LasHeader, file: string): void {
  const { pointBytes, scale, offset, minM, maxM } = header
  if (minM.every((value) => value === 0) && maxM.every((value) => value === 0)) return
  for (let axis = 0; axis < 3; axis++) {
    const at = row * pointBytes + 4 * axis
    const units = records[at] | (records[at + 1] << 8) | (records[at + 2] << 16) | (records[at + 3] << 24)
    const valueM = units * scale[axis] + offset[axis]
    const slackM = 1.5 * Math.abs(scale[axis])
    if (valueM >= minM[axis] - slackM && valueM <= maxM[axis] + slackM) continue
    throw new DataError('damaged LAZ data: a point outside the box that the header states', {
      file,
      place: `row ${row}`,
      expected: `${axes[axis]} from ${minM[axis]} to ${maxM[axis]} m`,
      actual: `${valueM}`,
    })
  }
}

let loaded: Promise<LazPerf> | null = null

/** The decoder is built to take over the process's last-resort handlers; they are taken off it again. */
function loadDecoder(): Promise<LazPerf> {
  loaded ??= (async () => {
    const events = ['uncaughtException', 'unhandledRejection'] as const
    const before = events.map((event) => process.listeners(event as 'uncaughtException'))
    const { createLazPerf } = createRequire(import.meta.url)('laz-perf') as typeof import('laz-perf')
    const starting = createLazPerf()
    events.forEach((event, i) => {
      for (const listener of process.listeners(event as 'uncaughtException'))
        if (!before[i].includes(listener)) process.removeListener(event, listener)
    })
    return await starting
  })()
  return loaded
}

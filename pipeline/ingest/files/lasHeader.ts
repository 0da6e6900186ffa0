import { DataError } from '../../errors.js'

/** Least bytes of a point in each format, 0 to 10. */
const leastPointBytes = [20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67]
/** Least bytes of the header, by minor version. */
const leastHeaderBytes: Readonly<Record<number, number>> = { 1: 227, 2: 227, 3: 235, 4: 375 }
const vlrHeaderBytes = 54
const laszipUser = 'laszip encoded'
const laszipRecord = 22204

export interface LasHeader {
  /** 0 to 10. */
  format: number
  isCompressed: boolean
  pointBytes: number
  points: number
  /** Where the points start, in bytes. */
  dataAt: number
  /** Where what comes after the points starts, or the file's end. */
  dataEnd: number
  scale: readonly number[]
  offset: readonly number[]
  /** Smallest and largest x, y, z, as the file states them. */
  minM: readonly number[]
  maxM: readonly number[]
  /** Points a chunk of a LAZ; 0 when chunks vary. Null for LAS. */
  chunkPoints: number | null
}

/**
 * Parses and checks the public header of a LAS 1.1 to 1.4 or LAZ
 * (https://www.asprs.org/wp-content/uploads/2019/07/LAS_1_4_r15.pdf, section 2.4). Throws DataError with the place.
 */
export function parseLasHeader(bytes: Buffer, file: string): LasHeader {
  const wrong = (what: string, place: string, expected: string, actual: number | string) =>
    new DataError(what, { file, place, expected, actual: `${actual}` })
  if (bytes.toString('latin1', 0, 4) !== 'LASF')
    throw new DataError('not a LAS file', { file, place: 'byte 0', expected: 'LASF' })
  if (bytes.length < 227) throw wrong('truncated LAS header', 'header', 'at least 227 bytes', bytes.length)
  const [major, minor] = [bytes[24], bytes[25]]
  const least = major === 1 ? leastHeaderBytes[minor] : undefined
  if (!least) throw wrong('a LAS of another version', 'byte 24', '1.1, 1.2, 1.3 or 1.4', `${major}.${minor}`)
  const headerBytes = bytes.readUInt16LE(94)
  if (headerBytes < least || bytes.length < headerBytes)
    throw wrong('truncated LAS header', 'byte 94', `from ${least} to the file's ${bytes.length}`, headerBytes)
  const dataAt = bytes.readUInt32LE(96)
  if (dataAt < headerBytes || dataAt > bytes.length)
    throw wrong('the points start outside the file', 'byte 96', `${headerBytes} to ${bytes.length}`, dataAt)
  const format = bytes[104] & 63
  const isCompressed = (bytes[104] & 128) !== 0
  if (format >= leastPointBytes.length) throw wrong('an unknown point format', 'byte 104', '0 to 10', format)
  const pointBytes = bytes.readUInt16LE(105)
  if (pointBytes < leastPointBytes[format])
    throw wrong('points too short for their format', 'byte 105', `at least ${leastPointBytes[format]}`, pointBytes)
  const doubles = (...places: number[]) => places.map((at) => bytes.readDoubleLE(at))
  const [scale, offset] = [doubles(131, 139, 147), doubles(155, 163, 171)]
  if (!scale.every((s) => Number.isFinite(s) && s !== 0) || !offset.every(Number.isFinite))
    throw wrong(
      'not a scale and an offset',
      'byte 131',
      'finite numbers, scales not 0',
      [...scale, ...offset].join(' '),
    )
  const points = pointsOf(bytes, minor, wrong)
  const chunkPoints = isCompressed ? chunkPointsOf(bytes, headerBytes, dataAt, file) : null
  const box = { minM: doubles(187, 203, 219), maxM: doubles(179, 195, 211) }
  const dataEnd = dataEndOf(bytes, minor, dataAt + points * pointBytes)
  return { format, isCompressed, pointBytes, points, dataAt, dataEnd, scale, offset, ...box, chunkPoints }
}

/** Waveforms (from 1.3 on) and extended records (1.4) may follow the points, which end at `pointsEnd` at the earliest. */
function dataEndOf(bytes: Buffer, minor: number, pointsEnd: number): number {
  const starts = [...(minor >= 3 ? [227] : []), ...(minor >= 4 ? [235] : [])].map((at) =>
    Number(bytes.readBigUInt64LE(at)),
  )
  return Math.min(bytes.length, ...starts.filter((start) => start >= pointsEnd))
}

type Wrong = (what: string, place: string, expected: string, actual: number | string) => DataError

/** 1.4 counts in 64 bits; its older count is 0 where the points do not fit it, else the same. */
function pointsOf(bytes: Buffer, minor: number, wrong: Wrong): number {
  const legacy = bytes.readUInt32LE(107)
  if (minor < 4) return legacy
  const points = Number(bytes.readBigUInt64LE(247))
  if (legacy === 0 || legacy === points) return points
  throw wrong('two numbers of points', 'byte 247', `${legacy}, as at byte 107`, points)
}

/** From LASzip's own record: points a chunk, or 0 when chunks vary. */
function chunkPointsOf(bytes: Buffer, headerBytes: number, dataAt: number, file: string): number {
  const records = bytes.readUInt32LE(100)
  for (let i = 0, at = headerBytes; i < records && at + vlrHeaderBytes <= dataAt; i++) {
    const end = at + vlrHeaderBytes + bytes.readUInt16LE(at + 20)
    const user = bytes.toString('latin1', at + 2, at + 18).replace(/\0.*$/, '')
    if (user === laszipUser && bytes.readUInt16LE(at + 18) === laszipRecord && end <= dataAt && end - at >= 70) {
      const chunk = bytes.readUInt32LE(at + vlrHeaderBytes + 12)
      return chunk === 0xffffffff ? 0 : chunk
    }
    at = end
  }
  throw new DataError('a compressed LAS without its LASzip record', {
    file,
    place: `byte ${headerBytes}`,
    expected: `a record '${laszipUser}' ${laszipRecord}`,
  })
}

import { DataError } from '../../errors.js'
import { normalise } from '../../pose.js'
import type { PackedField, PackedLayout } from './packedPoints.js'
import type { Viewpoint } from './pointTable.js'

/** The header is text, far shorter than this; what is longer is no header. */
const maxHeaderBytes = 65536
const encodings = ['ascii', 'binary', 'binary_compressed'] as const
const bytesByType: Readonly<Record<string, readonly number[]>> = { I: [1, 2, 4, 8], U: [1, 2, 4, 8], F: [4, 8] }

export interface PcdHeader extends PackedLayout {
  fields: readonly PackedField[]
  /** Bytes a point. */
  stride: number
  encoding: (typeof encodings)[number]
  /** Where the data starts, in bytes. */
  end: number
}

/** Parses the header of a PCD (https://pointclouds.org/documentation/tutorials/pcd_file_format.html). Throws DataError. */
export function parsePcdHeader(bytes: Buffer, file: string): PcdHeader {
  const { entries, end } = entriesOf(bytes, file)
  const words = (key: string) => entries.get(key)
  const wrong = (key: string, expected: string) =>
    new DataError('not the header of a PCD', { file, place: key, expected, actual: words(key)?.join(' ') ?? 'nothing' })
  const whole = (key: string): number => {
    const [text = ''] = words(key) ?? []
    if (/^\d{1,15}$/.test(text)) return Number(text)
    throw wrong(key, 'a whole number')
  }
  const fields = fieldsOf(words, wrong)
  const points = whole('WIDTH') * whole('HEIGHT')
  if (words('POINTS') && whole('POINTS') !== points) throw wrong('POINTS', `WIDTH × HEIGHT = ${points}`)
  const encoding = encodings.find((name) => name === words('DATA')?.[0].toLowerCase())
  if (!encoding) throw wrong('DATA', encodings.join(' | '))
  const last = fields[fields.length - 1]
  return {
    fields,
    singles: fields.filter(({ name, count }) => count === 1 && name !== '_'),
    stride: last.at + last.bytes * last.count,
    points,
    viewpoint: viewpointOf(words('VIEWPOINT'), wrong),
    encoding,
    end,
  }
}

type Words = (key: string) => string[] | undefined
type Wrong = (key: string, expected: string) => DataError

/** The header's lines by their first word, up to and with DATA. */
function entriesOf(bytes: Buffer, file: string): { entries: Map<string, string[]>; end: number } {
  const entries = new Map<string, string[]>()
  const limit = Math.min(bytes.length, maxHeaderBytes)
  for (let at = 0; at < limit; ) {
    const lineEnd = bytes.indexOf(10, at)
    if (lineEnd < 0) break
    const [key, ...rest] = bytes.toString('latin1', at, Math.min(lineEnd, limit)).trim().split(/\s+/)
    at = lineEnd + 1
    if (key === '' || key.startsWith('#')) continue
    if (rest.length > 0) entries.set(key.toUpperCase(), rest)
    if (key.toUpperCase() === 'DATA' && rest.length > 0) return { entries, end: at }
  }
  throw new DataError('not a PCD, or truncated in its header', { file, expected: 'a line that starts with DATA' })
}

function fieldsOf(words: Words, wrong: Wrong): PackedField[] {
  const names = words('FIELDS') ?? []
  if (names.length === 0) throw wrong('FIELDS', 'the names of the fields')
  const [sizes, types] = [words('SIZE') ?? [], words('TYPE') ?? []]
  const counts = words('COUNT') ?? names.map(() => '1')
  for (const [key, list] of Object.entries({ SIZE: sizes, TYPE: types, COUNT: counts }))
    if (list.length !== names.length) throw wrong(key, `${names.length} words, as in FIELDS`)
  let at = 0
  return names.map((name, i) => {
    const type = types[i].toUpperCase()
    const [bytes, count] = [Number(sizes[i]), Number(counts[i])]
    if (!bytesByType[type]) throw wrong('TYPE', 'I, U or F')
    if (!bytesByType[type].includes(bytes)) throw wrong('SIZE', `${bytesByType[type].join(', ')} for ${type}`)
    if (!/^\d{1,5}$/.test(counts[i]) || count === 0) throw wrong('COUNT', 'whole numbers from 1 to 99999')
    // Padding is called `_`, as often as there is some.
    if (name !== '_' && names.indexOf(name) < i) throw wrong('FIELDS', 'names that occur once')
    const start = at
    at += bytes * count
    return {
      name,
      type: type as PackedField['type'],
      kind: type === 'F' ? 'float' : 'integer',
      bytes,
      count,
      at: start,
    }
  })
}

/** `tx ty tz qw qx qy qz`; null when there is none, or when it is the identity that writers put there by default. */
function viewpointOf(words: string[] | undefined, wrong: Wrong): Viewpoint | null {
  if (!words) return null
  const [tx, ty, tz, ...q] = words.map(Number)
  if (words.length !== 7 || !(Math.abs(Math.hypot(...q) - 1) < 0.01) || !Number.isFinite(tx + ty + tz))
    throw wrong('VIEWPOINT', 'tx ty tz and a unit quaternion qw qx qy qz')
  const isIdentity = [tx, ty, tz, q[1], q[2], q[3]].every((value) => value === 0)
  return isIdentity ? null : { q: normalise([q[0], q[1], q[2], q[3]]), t: [tx, ty, tz] }
}

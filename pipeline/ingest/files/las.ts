import { DataError } from '../../errors.js'
import { type LasHeader, parseLasHeader } from './lasHeader.js'
import { decompressLaz } from './laz.js'
import { fieldNamed, type PointColumn, type PointField, type PointTable } from './pointTable.js'
import { readWhole } from './wholeFile.js'

/** Reads a LAS or LAZ, whatever its name says; see `parseLas`. */
export async function readLas(file: string): Promise<PointTable> {
  return await parseLas(await readWhole(file), file)
}

/**
 * The points of a LAS 1.1 to 1.4, formats 0 to 10, or a LAZ, formats 0 to 3 and 6 to 8: x, y, z with the header's scale
 * and offset applied, `intensity`, `classification`, `withheld` (1 for points that their file says to leave out) and,
 * where the format has it, `gps_time`. Throws DataError for a header that the data belies.
 */
export async function parseLas(bytes: Buffer, file: string): Promise<PointTable> {
  const header = parseLasHeader(bytes, file)
  if (header.isCompressed) return new LasPoints(file, header, await decompressLaz(bytes, header, file))
  const wanted = header.points * header.pointBytes
  const held = header.dataEnd - header.dataAt
  // Padding may follow, but not another point: a writer that was killed leaves a count of 0, or an old one.
  if (held >= wanted && held < wanted + header.pointBytes)
    return new LasPoints(file, header, bytes.subarray(header.dataAt, header.dataAt + wanted))
  throw new DataError(held < wanted ? 'truncated LAS' : 'more points than the header says', {
    file,
    place: `byte ${header.dataAt}`,
    expected: `${wanted} bytes, ${header.points} points of ${header.pointBytes}`,
    actual: `${held}`,
  })
}

interface LasField extends PointField {
  read(view: DataView, at: number): number
}

function fieldsOf({ format, scale, offset }: LasHeader): LasField[] {
  const isLong = format >= 6
  const coordinates = ['x', 'y', 'z'].map((name, axis): LasField => {
    return {
      name,
      kind: 'float',
      bytes: 4,
      read: (view, at) => view.getInt32(at + 4 * axis, true) * scale[axis] + offset[axis],
    }
  })
  const byte = (name: string, read: LasField['read']): LasField => ({ name, kind: 'integer', bytes: 1, read })
  const fields = [
    ...coordinates,
    { name: 'intensity', kind: 'integer', bytes: 2, read: (view, at) => view.getUint16(at + 12, true) } as LasField,
    // Old formats share the byte with three flags, the last of them `withheld`.
    byte('classification', (view, at) => (isLong ? view.getUint8(at + 16) : view.getUint8(at + 15) & 31)),
    byte('withheld', (view, at) => (isLong ? (view.getUint8(at + 15) >> 2) & 1 : view.getUint8(at + 15) >> 7)),
  ]
  if (format === 0 || format === 2) return fields
  const timeAt = isLong ? 22 : 20
  return [
    ...fields,
    { name: 'gps_time', kind: 'float', bytes: 8, read: (view, at) => view.getFloat64(at + timeAt, true) },
  ]
}

class LasPoints implements PointTable {
  readonly count: number
  readonly fields: readonly LasField[]
  readonly viewpoint = null

  constructor(
    readonly file: string,
    private readonly header: LasHeader,
    private readonly body: Uint8Array,
  ) {
    this.count = header.points
    this.fields = fieldsOf(header)
  }

  column(name: string): PointColumn {
    const { read } = fieldNamed(this, name) as LasField
    const { body, count } = this
    const { pointBytes } = this.header
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
    const out = new Float64Array(count)
    for (let p = 0, at = 0; p < count; p++, at += pointBytes) out[p] = read(view, at)
    return out
  }
}

import { floatOfHalf } from './half.js'
import { fieldNamed, type PointColumn, type PointField, type PointTable, type Viewpoint } from './pointTable.js'

export interface PackedField extends PointField {
  /** Signed and unsigned integers, floats. */
  type: 'I' | 'U' | 'F'
  /** Numbers a point. */
  count: number
  /** Bytes from the start of a point to this field. */
  at: number
}

/** Where things stand in a point. */
export interface PackedLayout {
  points: number
  /** Fields of one number a point that are no padding. */
  singles: readonly PackedField[]
  viewpoint: Viewpoint | null
}

/** Points as a binary file holds them, little-endian: one after the other, or, where `stride` is null, field after field. */
export class PackedPoints implements PointTable {
  readonly count: number
  readonly fields: readonly PointField[]
  readonly viewpoint: Viewpoint | null

  constructor(
    readonly file: string,
    { points, singles, viewpoint }: PackedLayout,
    private readonly body: Uint8Array,
    private readonly stride: number | null,
  ) {
    this.count = points
    this.fields = singles
    this.viewpoint = viewpoint
  }

  column(name: string): PointColumn {
    const { type, bytes, at } = fieldNamed(this, name) as PackedField
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
  F2: (view, at) => floatOfHalf[view.getUint16(at, true)],
  F4: (view, at) => view.getFloat32(at, true),
  F8: (view, at) => view.getFloat64(at, true),
}

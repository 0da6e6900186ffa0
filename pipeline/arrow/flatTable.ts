/**
 * Reads FlatBuffers, the metadata of Arrow files (https://flatbuffers.dev/internals): tables, each of which names the places of
 * its fields in a table before it, by slots of two bytes from 4 on. A length that the bytes cannot hold is a RangeError, and so
 * is reading beyond them, by Node itself.
 */
export class FlatTable {
  private readonly slots: number

  private constructor(
    private readonly bytes: Buffer,
    /** The table's place in the bytes. */
    readonly at: number,
  ) {
    this.slots = at - bytes.readInt32LE(at)
  }

  /** The table that the offset at byte `at` points to. */
  static at(bytes: Buffer, at: number): FlatTable {
    return new FlatTable(bytes, at + bytes.readUInt32LE(at))
  }

  /** 0 where the field is left out, like `integer`: the format's defaults. */
  byte(slot: number): number {
    const place = this.placeOf(slot)
    return place === null ? 0 : this.bytes.readUInt8(place)
  }

  /** A 64-bit integer. */
  integer(slot: number): number {
    const place = this.placeOf(slot)
    return place === null ? 0 : int64(this.bytes, place)
  }

  child(slot: number): FlatTable | null {
    const place = this.placeOf(slot)
    return place === null ? null : FlatTable.at(this.bytes, place)
  }

  children(slot: number): FlatTable[] {
    const { start, count } = this.list(slot, offsetBytes)
    return Array.from({ length: count }, (_, i) => FlatTable.at(this.bytes, start + offsetBytes * i))
  }

  /** Where the entries of a list start, and how many there are. */
  list(slot: number, entryBytes: number): List {
    const place = this.placeOf(slot)
    if (place === null) return { start: 0, count: 0 }
    const length = place + this.bytes.readUInt32LE(place)
    const count = this.bytes.readUInt32LE(length)
    const room = Math.floor((this.bytes.length - length - 4) / entryBytes)
    if (count > room) throw new RangeError(`a list of ${count} entries where there is room for ${room}`)
    return { start: length + 4, count }
  }

  /** Where a field stands in the bytes; null where it is left out. */
  placeOf(slot: number): number | null {
    if (slot >= this.bytes.readUInt16LE(this.slots)) return null
    const offset = this.bytes.readUInt16LE(this.slots + slot)
    return offset === 0 ? null : this.at + offset
  }
}

export interface List {
  start: number
  count: number
}

/** Of an offset, in a list of tables. */
export const offsetBytes = 4

/** A signed 64-bit integer, exact up to 2⁵³; without the BigInt that Node would make of each. */
export function int64(bytes: Buffer, at: number): number {
  return bytes.readInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at)
}

/** The same the other way. */
export function writeInt64(bytes: Buffer, at: number, value: number): void {
  bytes.writeUInt32LE(value >>> 0, at)
  bytes.writeInt32LE(Math.floor(value / 2 ** 32), at + 4)
}

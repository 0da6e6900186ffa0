import { type Data, DataType, type RecordBatch } from 'apache-arrow'

/**
 * Whether the lists in an Arrow file's metadata fit into it. apache-arrow believes their lengths: where a bit has flipped it
 * looks for thousands of millions of entries, or of batches. The metadata are FlatBuffers
 * (https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc): tables, each of
 * which names the places of its fields in a table before it, by slots of two bytes from 4 on. All throw RangeError.
 */

/** Where a batch lies in the file. */
export interface Block {
  offset: number
  headBytes: number
}

/** A block in the footer: offset, head's length (padded to 8 bytes), body's length. */
const blockBytes = 24
/** A field's node is its length and its nulls, a buffer is its offset and its length. */
const pairBytes = 16
const offsetBytes = 4
const dictionaryBatch = 2

/** Checks the lists of the footer; returns where the dictionaries lie. */
export function checkFooter(footer: Buffer): Block[] {
  const table = rootOf(footer, 0)
  const schema = table.child(6)
  schema?.list(8, offsetBytes)
  checkFields(schema?.children(6) ?? [], Math.floor(footer.length / offsetBytes))
  table.list(10, blockBytes)
  const { start, count } = table.list(8, blockBytes)
  return Array.from({ length: count }, (_, i) => ({
    offset: Number(footer.readBigInt64LE(start + blockBytes * i)),
    headBytes: footer.readInt32LE(start + blockBytes * i + 8),
  }))
}

/** Fields, and those that they consist of; `left` is how many there can be at most, for they may name each other in turn. */
function checkFields(fields: readonly FlatTable[], left: number): number {
  return fields.reduce((remaining, field) => {
    if (remaining === 0) throw new RangeError('more fields than there is room for')
    field.list(16, offsetBytes)
    return checkFields(field.children(14), remaining - 1)
  }, left)
}

/** Checks the lists in the head of one batch, of rows or of a dictionary. */
export function checkHead(head: Buffer): void {
  // The length of the message stands before it, and −1 before that, but for files from before 2019.
  const start = head.readInt32LE(0) === -1 ? 8 : 4
  const message = rootOf(head, start)
  message.list(12, offsetBytes)
  const header = message.child(8)
  const batch = message.byte(6) === dictionaryBatch ? header?.child(6) : header
  batch?.list(6, pairBytes)
  batch?.list(8, pairBytes)
}

function rootOf(bytes: Buffer, at: number): FlatTable {
  return new FlatTable(bytes, at + bytes.readUInt32LE(at))
}

/** Reading beyond the bytes is a RangeError by Node itself. */
class FlatTable {
  private readonly slots: number

  constructor(
    private readonly bytes: Buffer,
    private readonly at: number,
  ) {
    this.slots = at - bytes.readInt32LE(at)
  }

  byte(slot: number): number {
    const place = this.placeOf(slot)
    return place === null ? 0 : this.bytes.readUInt8(place)
  }

  child(slot: number): FlatTable | null {
    const place = this.placeOf(slot)
    return place === null ? null : rootOf(this.bytes, place)
  }

  children(slot: number): FlatTable[] {
    const { start, count } = this.list(slot, offsetBytes)
    return Array.from({ length: count }, (_, i) => rootOf(this.bytes, start + offsetBytes * i))
  }

  /** Where the entries of a list start, and how many there are. */
  list(slot: number, entryBytes: number): { start: number; count: number } {
    const place = this.placeOf(slot)
    if (place === null) return { start: 0, count: 0 }
    const length = place + this.bytes.readUInt32LE(place)
    const count = this.bytes.readUInt32LE(length)
    const room = Math.floor((this.bytes.length - length - 4) / entryBytes)
    if (count > room) throw new RangeError(`a list of ${count} entries where there is room for ${room}`)
    return { start: length + 4, count }
  }

  private placeOf(slot: number): number | null {
    if (slot >= this.bytes.readUInt16LE(this.slots)) return null
    const offset = this.bytes.readUInt16LE(this.slots + slot)
    return offset === 0 ? null : this.at + offset
  }
}

/** Checks that the columns of a batch hold as many entries as it has rows: their lengths stand in its head as well. */
export function checkRows({ numRows, data, schema }: RecordBatch): void {
  data.children.forEach((column, i) => {
    if (column.length !== numRows || !hasRoom(column))
      throw new RangeError(`column '${schema.fields[i].name}' is not of ${numRows} rows`)
  })
}

function hasRoom({ type, length, stride, values, valueOffsets, children }: Data): boolean {
  if (length === 0) return true
  if (DataType.isNull(type)) return true
  if (DataType.isStruct(type)) return children.every((child) => child.length >= length && hasRoom(child))
  if (DataType.isFixedSizeList(type)) return children[0].length >= length * stride && hasRoom(children[0])
  if (DataType.isList(type) || DataType.isMap(type))
    return valueOffsets.length > length && valueOffsets[length] <= children[0].length && hasRoom(children[0])
  if (DataType.isUtf8(type) || DataType.isBinary(type) || DataType.isLargeUtf8(type) || DataType.isLargeBinary(type))
    return valueOffsets.length > length && Number(valueOffsets[length]) <= values.length
  return (DataType.isBool(type) ? 8 * values.length : values.length / stride) >= length
}

import { type Data, DataType, type Vector } from 'apache-arrow'

/**
 * What a record batch consists of, column by column as the format lays it out
 * (https://arrow.apache.org/docs/format/Columnar.html#recordbatch-message): nodes, each a length and a number of nulls, and buffers.
 * The same as apache-arrow's assembler gives for columns that are no slices of others; it goes through visitors, which takes
 * longer than what is written.
 */
export class BatchParts {
  /** Length and nulls of each node, one after the other. */
  readonly nodes: number[] = []
  readonly buffers: Uint8Array[] = []
  /** Those of its columns, which are written apart. */
  readonly dictionaries: Vector[] = []

  /** Throws RangeError for a column of a type that our files do not have, and for a slice. */
  add(column: Data): void {
    const { type, length, nullCount } = column
    if (column.offset !== 0) throw new RangeError(`a slice of ${type}`)
    if (column.dictionary) this.dictionaries.push(column.dictionary)
    this.nodes.push(length, nullCount)
    this.buffers.push(nullCount > 0 ? inEights(column.nullBitmap) : none)
    if (DataType.isStruct(type)) for (const child of column.children) this.add(child)
    else if (DataType.isFixedSizeList(type)) this.add(column.children[0])
    else if (DataType.isMap(type)) this.addList(column)
    else if (DataType.isUtf8(type) || DataType.isBinary(type)) this.addBytes(column)
    else if (DataType.isDictionary(type) || DataType.isInt(type) || DataType.isFloat(type))
      this.buffers.push(bytesOf(column.values.subarray(0, length * column.stride)))
    else throw new RangeError(`no column of ${type} in files of ours`)
  }

  private addList(column: Data): void {
    const [child] = column.children
    this.addOffsets(column, child.length)
    this.add(child)
  }

  private addBytes(column: Data): void {
    this.addOffsets(column, column.values.length)
    this.buffers.push(column.values)
  }

  private addOffsets({ type, length, valueOffsets }: Data, end: number): void {
    if (valueOffsets[0] !== 0 || valueOffsets[length] !== end) throw new RangeError(`a slice of ${type}`)
    this.buffers.push(bytesOf(valueOffsets.subarray(0, length + 1)))
  }
}

const none = new Uint8Array(0)

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)
}

/** Bits of validity take whole eights of bytes. */
function inEights(bits: Uint8Array): Uint8Array {
  if (bits.length % 8 === 0) return bits
  const padded = new Uint8Array(8 * Math.ceil(bits.length / 8))
  padded.set(bits)
  return padded
}

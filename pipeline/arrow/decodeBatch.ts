import { type Data, DataType, makeData, type Vector } from 'apache-arrow'
import { unpackerOf } from './codecs.js'
import { int64 } from './flatTable.js'
import type { BatchHead } from './metadata.js'
import { freshRoom, type Room } from './zstd.js'

/** The dictionaries of a file, by their ids. */
export type Dictionaries = ReadonlyMap<number, Vector>

/**
 * Columns of one batch, one after the other as the format lays them out: each is a node (its length, its nulls) and some
 * buffers, then the same for those that it consists of
 * (https://arrow.apache.org/docs/format/Columnar.html#recordbatch-message). What is passed over is not unpacked.
 */
export class BatchDecoder {
  private node = 0
  private buffer = 0
  private view = 0
  private readonly unpack: ReturnType<typeof unpackerOf> | null

  /** `body` starts at a multiple of 8 bytes. Columns are unpacked into memory of `room`; fresh memory where it is left out. */
  constructor(
    private readonly head: BatchHead,
    private readonly body: Buffer,
    private readonly dictionaries: Dictionaries,
    private readonly room: Room = freshRoom,
  ) {
    this.unpack = head.compression === null ? null : unpackerOf(head.compression)
  }

  /** The next column. Throws RangeError where the head and the body do not fit each other. */
  next(type: DataType): Data {
    const { length, nullCount } = this.head.node(this.node++)
    if (DataType.isNull(type)) return makeData({ type, length })
    const hasValidity = !DataType.isUnion(type)
    const nullBitmap = hasValidity ? this.validity(nullCount) : undefined
    const parts = this.partsOf(type)
    if (DataType.isDictionary(type) && !this.dictionaries.has(type.id) && nullCount < length)
      throw new RangeError(`no dictionary ${type.id}`)
    return makeData({ type, length, nullCount, nullBitmap, ...parts } as never)
  }

  /** Passes over the next column. */
  skip(type: DataType): void {
    this.node++
    this.buffer += buffersOf(type)
    if (isView(type)) this.buffer += this.head.variadicCount(this.view++)
    if (!DataType.isDictionary(type)) for (const child of type.children ?? []) this.skip(child.type)
  }

  /** What stands after the validity. */
  private partsOf(type: DataType): object {
    if (DataType.isUnion(type)) return this.unionParts(type)
    if (isView(type)) return { views: this.bytes(), variadicBuffers: this.variadic() }
    if (DataType.isStruct(type)) return { children: type.children.map((child) => this.next(child.type)) }
    if (DataType.isFixedSizeList(type)) return { child: this.next(type.children[0].type) }
    if (isListed(type)) return { valueOffsets: this.bytes(), child: this.next(type.children[0].type) }
    if (hasOffsets(type)) return { valueOffsets: this.bytes(), data: this.bytes() }
    if (DataType.isDictionary(type)) return { data: this.bytes(), dictionary: this.dictionaries.get(type.id) }
    return { data: this.bytes() }
  }

  private unionParts(type: DataType): object {
    const typeIds = this.bytes()
    const valueOffsets = DataType.isDenseUnion(type) ? this.bytes() : undefined
    return { typeIds, valueOffsets, children: type.children.map((child) => this.next(child.type)) }
  }

  private variadic(): Uint8Array[] {
    return Array.from({ length: this.head.variadicCount(this.view++) }, () => this.bytes())
  }

  private validity(nullCount: number): Uint8Array | undefined {
    if (nullCount > 0) return this.bytes()
    this.buffer++
    return undefined
  }

  /** The next buffer, unpacked. */
  private bytes(): Uint8Array {
    const { offset, length } = this.head.buffer(this.buffer++)
    if (offset + length > this.body.length)
      throw new RangeError(`a buffer of ${length} bytes at ${offset} of ${this.body.length}`)
    const stored = this.body.subarray(offset, offset + length)
    if (length === 0 || this.unpack === null) return aligned(stored)
    const packed = stored.subarray(lengthBytes)
    return aligned(isPlain(stored) ? packed : this.unpack(packed, int64(stored, 0), this.room))
  }
}

/** Before a packed buffer stands how long it is unpacked; −1 where it is not packed. */
const lengthBytes = 8

function isPlain(stored: Uint8Array): boolean {
  return stored.subarray(0, lengthBytes).every((byte) => byte === 0xff)
}

/** Typed views of 64-bit columns need an aligned start; codecs return slices of pools that may not have one. */
function aligned(data: Uint8Array): Uint8Array {
  return data.byteOffset % 8 === 0 ? data : new Uint8Array(data)
}

function buffersOf(type: DataType): number {
  if (DataType.isNull(type)) return 0
  if (DataType.isStruct(type) || DataType.isFixedSizeList(type)) return 1
  if (DataType.isUnion(type)) return DataType.isDenseUnion(type) ? 2 : 1
  return hasOffsets(type) ? 3 : 2
}

function isListed(type: DataType): boolean {
  return DataType.isList(type) || DataType.isLargeList(type) || DataType.isMap(type)
}

function hasOffsets(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isBinary(type) || DataType.isLargeUtf8(type) || DataType.isLargeBinary(type)
}

function isView(type: DataType): boolean {
  return DataType.isUtf8View(type) || DataType.isBinaryView(type)
}

import { Message, type Schema } from 'apache-arrow'
import { type FileSchema, LastSchema } from './fileSchema.js'
import { FlatTable, int64, type List, offsetBytes } from './flatTable.js'

/**
 * What an Arrow file says of itself: where its batches lie, and of each batch how long its columns are and where
 * (https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc). Where a bit has
 * flipped, lists of thousands of millions of entries are promised, so every length is checked. All throw RangeError.
 */

/** Where a batch lies in the file, bytes. */
export interface Block {
  offset: number
  headBytes: number
  bodyBytes: number
}

export interface Footer {
  schema: FileSchema
  dictionaries: Block[]
  batches: Block[]
}

/** A block in the footer: offset, head's length (padded to 8 bytes), body's length. */
const blockBytes = 24
/** A field's node is its length and its nulls, a buffer is its offset and its length. */
const pairBytes = 16
/** Kinds of messages. */
const schemaMessage = 1
const dictionaryMessage = 2
const rowsMessage = 3

/** `last` is the schema of the file before, for files of one kind that are read one after the other. */
export function footerOf(footer: Buffer, last: LastSchema = new LastSchema()): Footer {
  const table = FlatTable.at(footer, 0)
  const [dictionaries, batches] = [table.list(8, blockBytes), table.list(10, blockBytes)]
  const stretches = [dictionaries, batches].map(({ start, count }) => ({ start, end: start + blockBytes * count }))
  const schema = last.of(footer, stretches, () => schemaIn(footer, table))
  return { schema, dictionaries: blocksIn(footer, dictionaries), batches: blocksIn(footer, batches) }
}

function blocksIn(footer: Buffer, { start, count }: List): Block[] {
  const blocks: Block[] = []
  for (let i = 0; i < count; i++) blocks.push(blockAt(footer, start + blockBytes * i))
  return blocks
}

function blockAt(footer: Buffer, at: number): Block {
  const block = { offset: int64(footer, at), headBytes: footer.readInt32LE(at + 8), bodyBytes: int64(footer, at + 16) }
  if (block.offset < 0 || block.headBytes < 8 || block.bodyBytes < 0)
    throw new RangeError(`a batch of ${block.headBytes} and ${block.bodyBytes} bytes at ${block.offset}`)
  return block
}

/**
 * The footer's schema. apache-arrow decodes schemas of messages, and its own files hold none but the footer's: a message of which
 * this is the content is put before it, for FlatBuffers point from place to place.
 */
function schemaIn(footer: Buffer, table: FlatTable): Schema {
  const schema = table.child(6)
  if (!schema) throw new RangeError('no schema')
  schema.list(8, offsetBytes)
  checkFields(schema.children(6), Math.floor(footer.length / offsetBytes))
  const message = Buffer.alloc(32)
  const [slots, start] = [4, 16]
  message.writeUInt32LE(start, 0)
  // Bytes of the slots, bytes of the table, and where in the table version, kind and content are.
  for (const [i, size] of [10, 12, 8, 10, 4].entries()) message.writeUInt16LE(size, slots + 2 * i)
  message.writeInt32LE(start - slots, start)
  message.writeUInt32LE(message.length + schema.at - (start + 4), start + 4)
  message.writeInt16LE(table.byte(4), start + 8)
  message.writeUInt8(schemaMessage, start + 10)
  return Message.decode(Buffer.concat([message, footer])).header() as unknown as Schema
}

/** Fields, and those that they consist of; `left` is how many there can be at most, for they may name each other in turn. */
function checkFields(fields: readonly FlatTable[], left: number): number {
  return fields.reduce((remaining, field) => {
    if (remaining === 0) throw new RangeError('more fields than there is room for')
    field.list(16, offsetBytes)
    return checkFields(field.children(14), remaining - 1)
  }, left)
}

/** The head of one batch, of rows or of a dictionary. */
export class BatchHead {
  readonly rows: number
  /** Of `CompressionType`; null where the buffers are plain. */
  readonly compression: number | null
  /** The dictionary that it holds a batch of, and whether it is put behind what there is of it; null for rows. */
  readonly dictionary: { id: number; isDelta: boolean } | null
  private readonly nodes: List
  private readonly buffers: List
  private readonly variadic: List

  constructor(private readonly bytes: Buffer) {
    const { table, kind } = messageOf(bytes, [dictionaryMessage, rowsMessage])
    table.list(12, offsetBytes)
    const header = table.child(8)
    const isDictionary = kind === dictionaryMessage
    const batch = isDictionary ? header?.child(6) : header
    if (!header || !batch) throw new RangeError('a batch without a head')
    this.dictionary = isDictionary ? { id: header.integer(4), isDelta: header.byte(8) !== 0 } : null
    this.rows = batch.integer(4)
    this.nodes = batch.list(6, pairBytes)
    this.buffers = batch.list(8, pairBytes)
    this.variadic = batch.list(12, 8)
    this.compression = batch.child(10)?.byte(4) ?? null
  }

  node(index: number): { length: number; nullCount: number } {
    const [length, nullCount] = this.pair(this.nodes, index, 'field')
    return { length, nullCount }
  }

  /** Where a buffer lies in the body. */
  buffer(index: number): { offset: number; length: number } {
    const [offset, length] = this.pair(this.buffers, index, 'buffer')
    return { offset, length }
  }

  /** How many buffers hold the long values of a column of views. */
  variadicCount(index: number): number {
    const { start, count } = this.variadic
    return index < count ? int64(this.bytes, start + 8 * index) : 0
  }

  private pair({ start, count }: List, index: number, what: string): [number, number] {
    if (index >= count) throw new RangeError(`${what} ${index} of ${count}`)
    const at = start + pairBytes * index
    const [one, other] = [int64(this.bytes, at), int64(this.bytes, at + 8)]
    if (one < 0 || other < 0) throw new RangeError(`${what} ${index} of ${one} and ${other}`)
    return [one, other]
  }
}

function messageOf(bytes: Buffer, kinds: readonly number[]): { table: FlatTable; kind: number } {
  // The length of the message stands before it, and −1 before that, but for files from before 2019.
  const table = FlatTable.at(bytes, bytes.readInt32LE(0) === -1 ? 8 : 4)
  const kind = table.byte(6)
  if (!kinds.includes(kind)) throw new RangeError(`a message of kind ${kind}, not ${kinds.join(' or ')}`)
  return { table, kind }
}

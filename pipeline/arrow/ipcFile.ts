import { type Data, type Field, type RecordBatch, type Schema, Vector } from 'apache-arrow'
import { DataError, messageOf } from '../errors.js'
import { batchOf } from './batchOf.js'
import { checkColumn } from './checkColumn.js'
import { BatchDecoder, type Dictionaries } from './decodeBatch.js'
import type { FileSchema, LastSchema } from './fileSchema.js'
import { BatchHead, type Block, footerOf } from './metadata.js'
import type { Scratch } from './scratch.js'
import type { Room } from './zstd.js'

/** The bytes of a file, wherever they are. */
export interface Bytes {
  readonly size: number
  /** That many bytes, in memory of `into` where that is given; fewer where the file ends. */
  read(start: number, length: number, into?: Scratch): Buffer
}

/** What of a batch is wanted, and where. */
export interface BatchOptions {
  /** Columns that are unpacked; all where it is left out. Those that the file lacks are left out. */
  columns?: readonly string[]
  /** Memory that the columns are unpacked into; fresh memory where it is left out. */
  into?: Scratch
  /** Where there is no `into`: what gives memory for each of several batches of which all are needed at once. */
  room?: Room
}

/** The columns of a batch without what a record batch puts around them: it takes as long to make as a frame's poses to unpack. */
export class Columns {
  constructor(
    private readonly fields: readonly Field[],
    readonly data: Data[],
    readonly numRows: number,
  ) {}

  getChild(name: string): Vector | null {
    const data = this.dataOf(name)
    return data && new Vector([data])
  }

  /** The same without what a vector puts around it. */
  dataOf(name: string): Data | null {
    for (let at = 0; at < this.fields.length; at++) if (this.fields[at].name === name) return this.data[at]
    return null
  }
}

/**
 * The batches of one Arrow IPC file (https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format), each decoded only when
 * it is asked for, and of it only the columns that are asked for. apache-arrow's own reader unpacks whole batches.
 */
export class IpcFile {
  private constructor(
    private readonly bytes: Bytes,
    private readonly fields: FileSchema,
    private readonly batches: readonly Block[],
    private readonly dictionaries: Dictionaries,
  ) {}

  /**
   * `last` is the schema of the file before, for files of one kind. Throws DataError when the file's ends are not those of an Arrow
   * file, RangeError for damaged metadata.
   */
  static of(path: string, bytes: Bytes, last?: LastSchema): IpcFile {
    checkEnds(path, bytes)
    const [start, end] = footerIn(bytes)
    const { schema, dictionaries, batches } = footerOf(bytes.read(start, end - start), last)
    const known = new Map<number, Vector>()
    for (const block of dictionaries) addDictionary(bytes, block, schema.whole, known)
    return new IpcFile(bytes, schema, batches, known)
  }

  get schema(): Schema {
    return this.fields.whole
  }

  get batchCount(): number {
    return this.batches.length
  }

  /** Rows of batch `index`. Throws RangeError when it is damaged. */
  rowsOf(index: number): number {
    const { offset, headBytes: length } = this.batches[index]
    return new BatchHead(whole(this.bytes, offset, length)).rows
  }

  /** Columns of batch `index`. Throws RangeError or Error when it is damaged. */
  columns(index: number, { columns, into, room }: BatchOptions = {}): Columns {
    into?.reset()
    const { head, body } = readBlock(this.bytes, this.batches[index], into)
    const decoder = new BatchDecoder(head, body, this.dictionaries, into?.take ?? room)
    const wanted = this.schemaWith(columns).fields
    const data: Data[] = []
    for (const { name, type } of this.schema.fields) {
      if (wanted[data.length]?.name !== name) decoder.skip(type)
      else {
        const column = decoder.next(type)
        checkColumn(name, column, head.rows)
        data.push(column)
      }
    }
    return new Columns(wanted, data, head.rows)
  }

  /** The same as apache-arrow's record batch. */
  batch(index: number, options: BatchOptions = {}): RecordBatch {
    const { data, numRows } = this.columns(index, options)
    return batchOf(this.schemaWith(options.columns), data, numRows)
  }

  /** The schema with those columns alone, in the file's order. */
  schemaWith(columns: readonly string[] | undefined): Schema {
    return this.fields.with(columns)
  }
}

function addDictionary(bytes: Bytes, block: Block, schema: Schema, known: Map<number, Vector>): void {
  const { head, body } = readBlock(bytes, block)
  if (!head.dictionary) throw new RangeError('rows where a dictionary is listed')
  const { id, isDelta } = head.dictionary
  const type = schema.dictionaries.get(id)
  if (!type) throw new RangeError(`a dictionary ${id} of no column`)
  const data = new BatchDecoder(head, body, known).next(type)
  checkColumn(`dictionary ${id}`, data, head.rows)
  const before = isDelta ? known.get(id) : undefined
  known.set(id, (before ? before.concat(new Vector([data])) : new Vector([data])).memoize())
}

function readBlock(bytes: Bytes, { offset, headBytes, bodyBytes }: Block, into?: Scratch) {
  const block = whole(bytes, offset, headBytes + bodyBytes, into)
  return { head: new BatchHead(block.subarray(0, headBytes)), body: block.subarray(headBytes) }
}

/** Bytes that must be there: before they are looked for, since a length of its own choice would be made room for. */
function whole(bytes: Bytes, start: number, length: number, into?: Scratch): Buffer {
  if (start + length > bytes.size) throw new RangeError(`${length} bytes at ${start} of ${bytes.size}`)
  return bytes.read(start, length, into)
}

const mark = 'ARROW1'
/** The length of the footer, and the mark. */
const endBytes = 10

/** Where the footer starts and ends in the file. Throws RangeError. */
function footerIn(bytes: Bytes): [startByte: number, endByte: number] {
  const endByte = bytes.size - endBytes
  const length = bytes.read(endByte, endBytes).readInt32LE(0)
  if (length < 8 || length > endByte) throw new RangeError(`a footer of ${length} bytes`)
  return [endByte - length, endByte]
}

function checkEnds(file: string, bytes: Bytes): void {
  const { size } = bytes
  const at = (start: number) => bytes.read(Math.max(0, start), mark.length).toString('latin1')
  const expected = 'an Arrow IPC file: ARROW1 at both ends'
  if (at(0) !== mark) throw new DataError('not an Arrow file', { file, place: 'byte 0', expected })
  if (at(size - mark.length) !== mark)
    throw new DataError('truncated Arrow file', { file, place: `byte ${size}`, expected, actual: 'no closing mark' })
}

/** An error of a file that cannot be what it says it is. */
export function asDataError(file: string, error: unknown, place?: string): DataError {
  if (error instanceof DataError) return error
  return new DataError('corrupt Arrow file', { file, place, actual: messageOf(error), cause: error })
}

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { RecordBatch, Schema } from 'apache-arrow'
import { DataError, messageOf } from '../errors.js'
import { eventLoopTurn, isTurnDue } from '../eventLoopTurn.js'
import { asDataError, type BatchOptions, type Bytes, type Columns, IpcFile } from './ipcFile.js'
import type { Scratch } from './scratch.js'

/** Random access to the batches of one Arrow IPC file; a batch is read from disk only when asked for. */
export class ArrowFile {
  private isOpen = true

  private constructor(
    readonly path: string,
    private readonly fd: number,
    private readonly ipc: IpcFile,
  ) {}

  /** Throws DataError when the file is missing, truncated or not Arrow. */
  static async open(path: string): Promise<ArrowFile> {
    const fd = openOrSay(path)
    try {
      return new ArrowFile(path, fd, IpcFile.of(path, onDisk(fd)))
    } catch (error) {
      closeSync(fd)
      throw asDataError(path, error)
    }
  }

  get schema(): Schema {
    return this.ipc.schema
  }

  get batchCount(): number {
    return this.ipc.batchCount
  }

  /** Rows of every batch but the last, which may hold fewer: what the first one holds. */
  rowsPerBatch(): number {
    return this.within(0, () => this.ipc.rowsOf(0))
  }

  /** Batch `index`, or some of its columns. Throws DataError when there is none, or it is damaged. */
  async readBatch(index: number, options?: BatchOptions): Promise<RecordBatch> {
    if (isTurnDue()) await eventLoopTurn()
    return this.within(index, () => this.ipc.batch(index, options))
  }

  /** The same as bare columns: for those who read thousands of batches of a row each. */
  async readColumns(index: number, options?: BatchOptions): Promise<Columns> {
    if (isTurnDue()) await eventLoopTurn()
    return this.within(index, () => this.ipc.columns(index, options))
  }

  async close(): Promise<void> {
    if (this.isOpen) closeSync(this.fd)
    this.isOpen = false
  }

  private within<T>(index: number, work: () => T): T {
    const place = `record batch ${index}`
    const expected = `${this.batchCount} of them`
    if (!(index < this.batchCount)) throw new DataError('no such record batch', { file: this.path, place, expected })
    if (!this.isOpen) throw new DataError('the file has been closed', { file: this.path, place })
    try {
      return work()
    } catch (error) {
      throw asDataError(this.path, error, place)
    }
  }
}

function openOrSay(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw new DataError('cannot be opened', { file: path, actual: messageOf(error), cause: error })
  }
}

/** Read on this thread: the way through the pool of threads takes longer than unpacking a frame. */
function onDisk(fd: number): Bytes {
  const { size } = fstatSync(fd)
  return {
    size,
    read(start: number, length: number, into?: Scratch) {
      const block = into ? into.take(length) : new Uint8Array(length)
      let read = 0
      while (read < length) {
        const more = readSync(fd, block, read, length - read, start + read)
        if (more === 0) break
        read += more
      }
      return Buffer.from(block.buffer, block.byteOffset, read)
    },
  }
}

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { LastSchema } from '../../arrow/fileSchema.js'
import { Scratch } from '../../arrow/scratch.js'
import { unreadable } from './wholeFile.js'

/** The bytes of one file at a time, in memory that is kept: what the system gives anew for each file costs more than reading. */
export class FileBuffer {
  /** Memory for what the file's columns are unpacked to. */
  readonly unpacked = new Scratch()
  /** The schema of the file before, which files of one log share. */
  readonly lastSchema = new LastSchema()
  private block = Buffer.alloc(0)

  /** All bytes of a file, good until the next call. Throws DataError when it cannot be read. */
  read(file: string): Buffer {
    try {
      return this.readOpen(file)
    } catch (error) {
      throw unreadable(file, error)
    }
  }

  private readOpen(file: string): Buffer {
    const fd = openSync(file, 'r')
    try {
      const { size } = fstatSync(fd)
      if (size > this.block.length) this.block = Buffer.alloc(size)
      let length = 0
      for (let read = -1; read !== 0 && length < size; length += read)
        read = readSync(fd, this.block, length, size - length, length)
      return this.block.subarray(0, length)
    } finally {
      closeSync(fd)
    }
  }
}

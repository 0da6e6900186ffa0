import { closeSync, fsyncSync, openSync } from 'node:fs'
import type { RecordBatch as Batch, Data, Schema } from 'apache-arrow'
import { batchOf } from './batchOf.js'
import type { Compression } from './codecs.js'
import { IpcFileWriter } from './ipcFileWriter.js'

/** What was written: enough for a manifest. */
export interface WrittenFile {
  bytes: number
  sha256: string
  rows: number
}

/**
 * Writes one Arrow IPC file, batch by batch, each on disk before the next is taken. Dictionary columns must use one
 * dictionary for the whole file (the file format has no replacement).
 */
export class ArrowFileWriter {
  private readonly writer: IpcFileWriter
  private readonly fd: number
  private rows = 0
  private isOpen = true

  constructor(
    path: string,
    private readonly schema: Schema,
    compression: Compression | null,
  ) {
    this.fd = openSync(path, 'w')
    this.writer = new IpcFileWriter(this.fd, compression)
    this.writer.reset(undefined, schema)
  }

  write(batch: Batch): void {
    this.writer.write(batch)
    this.writer.flush()
    this.rows += batch.numRows
  }

  /**
   * The same bytes as `write` of a batch of these columns: for files of many batches of a few rows each, which it takes longer to
   * describe than to write. Throws RangeError for types that frames do not have, and for slices.
   */
  writeColumns(columns: Data[], rows: number): void {
    if (!this.writer.writeAlike(columns, rows)) this.writer.write(batchOf(this.schema, columns, rows))
    this.writer.flush()
    this.rows += rows
  }

  close(): WrittenFile {
    this.writer.finish()
    this.writer.flush()
    fsyncSync(this.fd)
    this.abort()
    return { bytes: this.writer.bytes, sha256: this.writer.hash.digest('hex'), rows: this.rows }
  }

  /** Closes without a footer: the file stays unreadable, as a half-written one should be. One that is closed stays as it is. */
  abort(): void {
    // Its number may be another file's by now, of another thread even.
    if (!this.isOpen) return
    this.isOpen = false
    closeSync(this.fd)
  }
}

/** Writes a whole file at once. `compression` null leaves the buffers plain. */
export function writeArrowFile(
  path: string,
  schema: Schema,
  batches: Iterable<Batch>,
  compression: Compression | null,
): WrittenFile {
  const writer = new ArrowFileWriter(path, schema, compression)
  try {
    for (const batch of batches) writer.write(batch)
    return writer.close()
  } catch (error) {
    writer.abort()
    throw error
  }
}

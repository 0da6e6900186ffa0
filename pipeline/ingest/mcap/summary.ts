import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { endsWithMagic, magic, readAt } from './fileBytes.js'
import { RecordReader, recordHeadBytes, recordsIn } from './records.js'

/** The footer's content: where the summary and its offsets start, and its checksum. */
const footerBytes = 20
const footerRecordBytes = recordHeadBytes + footerBytes
const crcBytes = 4

/**
 * The records of a file's summary section (https://mcap.dev/spec#summary-section), which repeats its schemas and channels. None
 * when the file has none, or one that does not fit its checksum.
 */
export async function summaryRecords(
  handle: FileHandle,
  size: number,
): Promise<{ opcode: number; content: Uint8Array }[]> {
  const footerAt = size - magic.length - footerRecordBytes
  if (footerAt < magic.length || !(await endsWithMagic(handle, size))) return []
  const reader = new RecordReader((await readAt(handle, footerAt, footerRecordBytes)).subarray(recordHeadBytes))
  const start = Number(reader.uint64())
  reader.uint64() // where the offsets of groups start
  const crc = reader.uint32()
  if (start < magic.length || start >= footerAt) return []
  const section = await readAt(handle, start, footerAt + footerRecordBytes - start)
  // The checksum covers the footer up to itself.
  if (crc !== 0 && crc32(section.subarray(0, section.length - crcBytes)) !== crc) return []
  try {
    return [...recordsIn(section.subarray(0, footerAt - start))]
  } catch (error) {
    if (error instanceof RangeError) return []
    throw error
  }
}

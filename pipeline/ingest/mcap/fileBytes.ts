import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { McapConstants } from '@mcap/core'

/** First and last bytes of every whole file. */
export const magic = Uint8Array.from(McapConstants.MCAP_MAGIC)
/** Bytes read at once of what is only checked, not kept. */
const stretchBytes = 1 << 20

/** CRC-32 of a stretch of the file, going on from that of what is before it. */
export async function crcOf(handle: FileHandle, from: number, to: number, before: number): Promise<number> {
  let crc = before
  for (let at = from; at < to; at += stretchBytes)
    crc = crc32(await readAt(handle, at, Math.min(stretchBytes, to - at)), crc)
  return crc
}

/** Whether the file ends as a whole one does. */
export async function endsWithMagic(handle: FileHandle, size: number): Promise<boolean> {
  const end = await readAt(handle, Math.max(0, size - magic.length), Math.min(size, magic.length))
  return end.length === magic.length && end.every((byte, i) => byte === magic[i])
}

/** Fewer bytes than asked for at the file's end. */
export async function readAt(handle: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  const { bytesRead } = await handle.read(bytes, 0, length, at)
  return bytes.subarray(0, bytesRead)
}

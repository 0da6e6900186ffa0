import zlib from 'node:zlib'

/** CRC-32 as zip archives use it (IEEE 802.3, reflected): Node's own where it has one (from 20.15 and 22.2 on). */
export const crc32: (bytes: Uint8Array) => number = zlib.crc32 ?? crc32ByTable

/** Remainders of every byte, for the reflected polynomial EDB88320. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1
  return remainder
})

export function crc32ByTable(bytes: Uint8Array): number {
  let crc = ~0
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]) & 0xff]
  return ~crc >>> 0
}

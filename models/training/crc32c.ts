/** CRC-32C (Castagnoli, reflected polynomial 0x82F63B78): what TFRecords are checked by. Node's own `crc32` is another one. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
  return value
})

/** Unsigned. */
export function crc32c(bytes: Uint8Array): number {
  let value = 0xffffffff
  for (const byte of bytes) value = (value >>> 8) ^ table[(value ^ byte) & 255]
  return (value ^ 0xffffffff) >>> 0
}

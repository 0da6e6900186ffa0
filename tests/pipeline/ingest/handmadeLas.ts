/** A LAS 1.2 of format 0: one point at (1.5, −2, 100.25) with class 2 of intensity 7, and one that is withheld. */
export function handmadeLas(): Buffer {
  const bytes = Buffer.alloc(227 + 2 * 20)
  bytes.write('LASF', 0, 'latin1')
  bytes[24] = 1
  bytes[25] = 2
  bytes.writeUInt16LE(227, 94)
  bytes.writeUInt32LE(227, 96)
  bytes.writeUInt16LE(20, 105)
  bytes.writeUInt32LE(2, 107)
  for (const at of [131, 139, 147]) bytes.writeDoubleLE(0.25, at)
  bytes.writeDoubleLE(100, 171)
  for (const [i, value] of [6, -8, 1].entries()) bytes.writeInt32LE(value, 227 + 4 * i)
  bytes.writeUInt16LE(7, 239)
  bytes[242] = 2
  bytes[262] = 128 | 64 | 9
  return bytes
}

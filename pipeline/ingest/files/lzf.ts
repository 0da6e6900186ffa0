/** The most bytes that one byte of input can become: a reference of 3 bytes copies 264. */
const mostBytesPerByte = 88

/**
 * Decompresses one LZF block (M. Lehmann's LibLZF, http://oldhome.schmorp.de/marc/liblzf.html): runs of up to 32 literal
 * bytes, and references of 3 to 264 bytes up to 8 KiB back. Null when it does not make exactly `length` bytes.
 */
export function decompressLzf(input: Uint8Array, length: number): Uint8Array | null {
  // Before any memory is taken for it.
  if (length > input.length * mostBytesPerByte) return null
  const out = new Uint8Array(length)
  let [from, to] = [0, 0]
  while (from < input.length) {
    const control = input[from++]
    if (control < 32) {
      const run = control + 1
      if (from + run > input.length || to + run > length) return null
      out.set(input.subarray(from, from + run), to)
      from += run
      to += run
      continue
    }
    const isLong = control >> 5 === 7
    if (from + (isLong ? 2 : 1) > input.length) return null
    const run = (control >> 5) + 2 + (isLong ? input[from++] : 0)
    const start = to - (((control & 31) << 8) | input[from++]) - 1
    if (start < 0 || to + run > length) return null
    // Byte by byte: a reference may reach into what it writes itself.
    for (let i = 0; i < run; i++) out[to + i] = out[start + i]
    to += run
  }
  return to === length ? out : null
}

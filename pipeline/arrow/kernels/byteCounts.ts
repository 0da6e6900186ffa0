import { openKernel } from './columnKernel.js'

/** Bytes that go through at once: they stay in the processor's nearer caches. A multiple of 128. */
const blockBytes = 1 << 16

/**
 * How often each of the 256 values occurs in a column of bytes; with `mask`, among those whose bit is set, the least significant
 * bit of a byte first.
 */
export function byteCounts(column: Uint8Array, mask: Uint8Array | null = null): Uint32Array {
  const { run, from, bytes } = openKernel(blockBytes + blockBytes / 8)
  const maskAt = from + blockBytes
  run.clearCounts()
  for (let first = 0; first < column.length; first += blockBytes) {
    const count = Math.min(blockBytes, column.length - first)
    bytes.set(column.subarray(first, first + count), from)
    if (mask) {
      const maskBytes = Math.ceil(count / 8)
      bytes.set(mask.subarray(first / 8, first / 8 + maskBytes), maskAt)
      clearBeyond(bytes, maskAt, count)
      run.countMaskedBytes(from, maskAt, 16 * Math.ceil(count / 16))
    } else run.countBytes(from, count)
  }
  run.sumCounts()
  return new Uint32Array(bytes.buffer, run.counts.value, 256).slice()
}

/** Clears the bits from `count` on to the next whole sixteen. */
function clearBeyond(bytes: Uint8Array, maskAt: number, count: number): void {
  if (count % 8 !== 0) bytes[maskAt + (count >> 3)] &= (1 << (count & 7)) - 1
  for (let byte = Math.ceil(count / 8); byte < 2 * Math.ceil(count / 16); byte++) bytes[maskAt + byte] = 0
}

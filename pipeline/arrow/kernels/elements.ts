import { openKernel } from './columnKernel.js'

/** Elements that go through at once. */
const blockLength = 1 << 15
const tableLength = 256

/** Writes to `out` what `table` has for each of the first `count` bytes of `column`. */
export function lookUp(column: Uint8Array, count: number, table: Int16Array, out: Int16Array): void {
  const { run, from, bytes } = openKernel(2 * tableLength + 3 * blockLength)
  const columnAt = from + 2 * tableLength
  const outAt = columnAt + blockLength
  new Int16Array(bytes.buffer, from, tableLength).set(table)
  for (let first = 0; first < count; first += blockLength) {
    const length = Math.min(blockLength, count - first)
    bytes.set(column.subarray(first, first + length), columnAt)
    run.lookUp(columnAt, length, from, outAt)
    out.set(new Int16Array(bytes.buffer, outAt, length), first)
  }
}

/** Writes to `out` 1 for each byte of at least `least`, else 0. */
export function areAtLeast(column: Uint8Array, least: number, out: Uint8Array): void {
  const { run, from, bytes } = openKernel(2 * blockLength)
  const outAt = from + blockLength
  for (let first = 0; first < column.length; first += blockLength) {
    const length = Math.min(blockLength, column.length - first)
    bytes.set(column.subarray(first, first + length), from)
    run.areAtLeast(from, length, least, outAt)
    out.set(bytes.subarray(outAt, outAt + length), first)
  }
}

/** The least and the greatest of the first `count` of a column, 0 among them. */
export function spanWithZero(column: Int32Array, count: number): [least: number, greatest: number] {
  const { run, from, bytes } = openKernel(4 * blockLength)
  const room = new Int32Array(bytes.buffer, from, blockLength)
  run.startSpan()
  for (let first = 0; first < count; first += blockLength) {
    const length = Math.min(blockLength, count - first)
    room.set(column.subarray(first, first + length))
    run.widen(from, length)
  }
  return [run.least.value, run.greatest.value]
}

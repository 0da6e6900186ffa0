import { wasmBase64 } from './columns.wasm.js'

/** What `columns.as.ts` exports. */
interface Exports {
  memory: WebAssembly.Memory
  from: WebAssembly.Global
  unpackBlock(from: number, end: number, to: number, limit: number, first: number): number
  xxh32(from: number, length: number): number
  triplesOfHalves(x: number, y: number, z: number, to: number, count: number): void
}

const pageBytes = 65536
/** Vectors are read and written beyond the end of what they are part of. */
export const slackBytes = 64
/** A memory that grew larger is not kept: it cannot shrink. */
const keptBytes = 16 << 20

/** The kernel with some room in its memory, from byte `from` on. */
export interface ColumnKernel {
  run: Exports
  from: number
  bytes: Uint8Array
}

// Compiled and started once a thread, at its first use.
let compiled: WebAssembly.Module | null = null
let kept: Exports | null = null

/** The kernel with room for that many bytes and some slack: good until the next call of this. */
export function openKernel(roomBytes: number): ColumnKernel {
  compiled ??= new WebAssembly.Module(Buffer.from(wasmBase64, 'base64'))
  const isLarge = roomBytes > keptBytes
  const run = (isLarge ? null : kept) ?? (new WebAssembly.Instance(compiled).exports as unknown as Exports)
  if (!isLarge) kept = run
  const from = run.from.value as number
  const missing = from + roomBytes + slackBytes - run.memory.buffer.byteLength
  if (missing > 0) run.memory.grow(Math.ceil(missing / pageBytes))
  return { run, from, bytes: new Uint8Array(run.memory.buffer) }
}

/** Points that go through at once. */
const blockPoints = 8192

/** Writes x y z a point of three columns of half precision (IEEE 754 binary16, as long as each other) to `out`. */
export function triplesOfHalves(columns: readonly Uint16Array[], out: Float32Array): void {
  const { run, from, bytes } = openKernel(18 * blockPoints)
  const [x, y, z, to] = [0, 1, 2, 3].map((n) => from + 2 * blockPoints * n)
  const halves = [x, y, z].map((at) => new Uint16Array(bytes.buffer, at, blockPoints))
  const triples = new Float32Array(bytes.buffer, to, 3 * blockPoints)
  for (let first = 0; first < columns[0].length; first += blockPoints) {
    const count = Math.min(blockPoints, columns[0].length - first)
    for (const [n, column] of columns.entries()) halves[n].set(column.subarray(first, first + count))
    run.triplesOfHalves(x, y, z, to, 4 * Math.ceil(count / 4))
    out.set(count < blockPoints ? triples.subarray(0, 3 * count) : triples, 3 * first)
  }
}

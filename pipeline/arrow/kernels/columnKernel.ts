import { wasmBase64 } from './columns.wasm.js'

/** What `columns.as.ts` exports. */
interface Exports {
  memory: WebAssembly.Memory
  from: WebAssembly.Global
  unpackBlock(from: number, end: number, to: number, limit: number, first: number): number
  xxh32(from: number, length: number): number
  triplesOfHalves(x: number, y: number, z: number, to: number, count: number): number
  counts: WebAssembly.Global
  clearCounts(): void
  countBytes(from: number, count: number): void
  countMaskedBytes(from: number, mask: number, count: number): void
  sumCounts(): void
  lookUp(from: number, count: number, table: number, to: number): void
  areAtLeast(from: number, count: number, least: number, to: number): void
  startSpan(): void
  widen(from: number, count: number): void
  least: WebAssembly.Global
  greatest: WebAssembly.Global
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

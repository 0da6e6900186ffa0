import { wasmBase64 } from './pairs.wasm.js'

/** What `pairs.as.ts` exports. */
interface Exports {
  memory: WebAssembly.Memory
  tables: WebAssembly.Global
  tableStride: WebAssembly.Global
  setUp(): void
  countMasked(truth: number, predicted: number, mask: number, voxels: number, pairs: number): number
  countAll(truth: number, predicted: number, voxels: number, pairs: number): number
}

const pageBytes = 65536

/** Compiled at the first frame: many who score add up counts of others. */
let kernel: { run: Exports; from: number } | null = null

/**
 * Adds to `counts`, [K, K], the pairs of true class (row) and predicted class of the voxels whose bit is set, of all voxels
 * without a mask. Null when a label was met that is no class, `unlabelled` truth apart; else the number of voxels left out
 * because their truth is `unlabelled`.
 *
 * @param truth - [V]; `predicted` is as long.
 * @param mask - [⌈V/8⌉], bit v mod 8 of byte v div 8.
 */
export function countPairs(
  truth: Uint8Array,
  predicted: Uint8Array,
  mask: Uint8Array | undefined,
  counts: Float64Array,
  classes: number,
  unlabelled: number,
): number | null {
  const voxels = truth.length
  const whole = 32 * Math.ceil(voxels / 32)
  const { run, from } = opened(5 * whole)
  const bytes = new Uint8Array(run.memory.buffer)
  const at = { truth: from, predicted: from + whole, mask: from + 2 * whole, pairs: from + 3 * whole }
  bytes.set(truth, at.truth)
  bytes.set(predicted, at.predicted)
  if (mask) placeMask(bytes, mask, at.mask, voxels, whole)
  const seen = mask
    ? run.countMasked(at.truth, at.predicted, at.mask, whole, at.pairs)
    : run.countAll(at.truth, at.predicted, voxels, at.pairs)
  return take(run, seen, counts, classes, unlabelled)
}

/** Bits after the last voxel are cleared. */
function placeMask(bytes: Uint8Array, mask: Uint8Array, at: number, voxels: number, whole: number): void {
  bytes.set(mask, at)
  bytes.fill(0, at + mask.length, at + whole / 8)
  if (voxels % 8 > 0) bytes[at + mask.length - 1] &= (1 << (voxels % 8)) - 1
}

/** The kernel with room for that many bytes and a vector after them. */
function opened(room: number): { run: Exports; from: number } {
  if (!kernel) {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(wasmBase64, 'base64')))
    const run = exports as unknown as Exports
    run.setUp()
    kernel = { run, from: run.memory.buffer.byteLength }
  }
  const { memory } = kernel.run
  const missing = kernel.from + room + 16 - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes))
  return kernel
}

/** Moves the kernel's counts and leaves zeros. `seen` has the bits of all pairs or'ed, so no label is above its bytes. */
function take(
  { memory, tables, tableStride }: Exports,
  seen: number,
  counts: Float64Array,
  classes: number,
  unlabelled: number,
): number | null {
  const [even, odd] = [0, 1].map((n) => new Int32Array(memory.buffer, tables.value + n * tableStride.value, 1 << 16))
  let unlabelledVoxels = 0
  let strange = 0
  for (let guess = 0; guess <= seen >> 8; guess++)
    for (let label = 0; label <= (seen & 255); label++) {
      const pair = (guess << 8) | label
      const count = even[pair] + odd[pair]
      if (count === 0) continue
      even[pair] = 0
      odd[pair] = 0
      if (guess >= classes || (label >= classes && label !== unlabelled)) strange += count
      else if (label < classes) counts[label * classes + guess] += count
      else unlabelledVoxels += count
    }
  return strange > 0 ? null : unlabelledVoxels
}

import { DataError, messageOf } from '../../pipeline/errors.js'

/** How the format calls what it can hold, of what we use. */
export const kinds = { F64: Float64Array, F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const

export type SafetensorKind = keyof typeof kinds
export type SafetensorValues = Float64Array | Float32Array | Int32Array | Uint8Array

/** Tensors by name: row-major values and their shape. */
export type NamedTensors = Readonly<Record<string, { shape: readonly number[]; values: SafetensorValues }>>

export interface Safetensors {
  tensors: NamedTensors
  /** Free text by key: the format's `__metadata__`. */
  metadata: Readonly<Record<string, string>>
}

/** What the header says of a tensor. */
export interface Entry {
  dtype: SafetensorKind
  shape: number[]
  data_offsets: [number, number]
}

/** The header's length stands before it. */
export const LENGTH_BYTES = 8
/** The format's own limit on a header. */
const MAX_HEADER_BYTES = 100_000_000
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * The tensors of a safetensors file, https://huggingface.co/docs/safetensors, also in a browser. Throws DataError for a damaged
 * one; `file` is the name for messages.
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): Safetensors {
  const { header, dataStart } = readHeader(bytes, file)
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, Entry> & {
    __metadata__?: Record<string, string>
  }
  const tensors: Record<string, { shape: number[]; values: SafetensorValues }> = {}
  let covered = 0
  for (const [name, entry] of Object.entries(entries)) checkEntry(entry, { file, place: name })
  for (const [name, entry] of Object.entries(entries).sort((a, b) => startOf(a[1]) - startOf(b[1]))) {
    const values = valuesOf(bytes, dataStart, entry, { file, place: name })
    if (startOf(entry) !== covered)
      throw new DataError('tensors overlap or leave a gap', { file, place: name, expected: `offset ${covered}` })
    covered = entry.data_offsets[1]
    tensors[name] = { shape: entry.shape, values }
  }
  if (dataStart + covered !== bytes.length)
    throw new DataError('truncated or too long', {
      file,
      expected: `${dataStart + covered} bytes`,
      actual: `${bytes.length}`,
    })
  return { tensors, metadata }
}

function readHeader(bytes: Uint8Array, file: string): { header: object; dataStart: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = bytes.length >= LENGTH_BYTES ? Number(view.getBigUint64(0, true)) : Number.POSITIVE_INFINITY
  if (length > Math.min(MAX_HEADER_BYTES, bytes.length - LENGTH_BYTES))
    throw new DataError('not a safetensors file: its header does not fit', { file, actual: `${bytes.length} bytes` })
  const dataStart = LENGTH_BYTES + length
  try {
    return { header: JSON.parse(utf8.decode(bytes.subarray(LENGTH_BYTES, dataStart))), dataStart }
  } catch (error) {
    throw new DataError('the header is not JSON', { file, actual: messageOf(error), cause: error })
  }
}

/** A header is JSON that anyone may have written. */
function checkEntry(entry: Entry, at: { file: string; place: string }): void {
  const areCounts = (list: unknown) => Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0)
  if (areCounts(entry?.shape) && areCounts(entry.data_offsets) && entry.data_offsets.length === 2) return
  throw new DataError('not the entry of a tensor', { ...at, expected: 'dtype, shape and data_offsets' })
}

function valuesOf(bytes: Uint8Array, dataStart: number, entry: Entry, at: { file: string; place: string }) {
  const Kind = kinds[entry.dtype]
  if (!Kind)
    throw new DataError('unknown dtype', { ...at, expected: Object.keys(kinds).join(' | '), actual: entry.dtype })
  const [start, end] = entry.data_offsets
  const wanted = entry.shape.reduce((product, n) => product * n, 1) * Kind.BYTES_PER_ELEMENT
  if (end - start !== wanted || dataStart + end > bytes.length)
    throw new DataError('offsets do not fit the shape or the file', { ...at, expected: `${wanted} bytes` })
  // Copied (a Buffer's own slice would not be): a typed array needs an aligned start, and other writers may give none.
  return new Kind(new Uint8Array(bytes.subarray(dataStart + start, dataStart + end)).buffer)
}

function startOf(entry: Entry): number {
  return entry.data_offsets[0]
}

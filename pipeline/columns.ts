import {
  Binary,
  type Data,
  type DataType,
  FixedSizeList,
  Float64,
  Int32,
  Int64,
  Map_,
  makeData,
  type RecordBatch,
  type Schema,
  Struct,
  Utf8,
} from 'apache-arrow'
import { batchOf } from './arrow/batchOf.js'

/** Rows as plain objects to a record batch: for tables of our own, whose rows are few or hold large binaries. */
export function batchFromRows(schema: Schema, rows: readonly Record<string, unknown>[]): RecordBatch {
  const columns = schema.fields.map((field) =>
    columnOf(
      field.type,
      rows.map((row) => row[field.name] ?? null),
    ),
  )
  return batchOf(schema, columns, rows.length)
}

/** One column of a plain (not dictionary) type. Null marks a missing value. */
export function columnOf(type: DataType, values: readonly unknown[]): Data {
  const validity = validityOf(values)
  const common = { length: values.length, nullCount: validity.nullCount, nullBitmap: validity.bitmap }
  if (type instanceof Utf8 || type instanceof Binary) {
    const { data, valueOffsets } = joined(values.map(bytesOf))
    return makeData({ type, ...common, data, valueOffsets } as never)
  }
  if (type instanceof Int32)
    return makeData({ type, ...common, data: Int32Array.from(values as number[], (v) => v ?? 0) })
  if (type instanceof Int64)
    return makeData({ type, ...common, data: BigInt64Array.from(values as bigint[], (v) => v ?? 0n) })
  if (type instanceof Float64)
    return makeData({ type, ...common, data: Float64Array.from(values as number[], (v) => v ?? 0) })
  if (type instanceof FixedSizeList) {
    const flat = (values as (number[] | null)[]).flatMap((v) => v ?? new Array(type.listSize).fill(0))
    return makeData({ type, ...common, child: columnOf(type.children[0].type, flat) })
  }
  if (type instanceof Struct) {
    const children = type.children.map(({ name, type: inner }) =>
      columnOf(
        inner,
        (values as (Record<string, unknown> | null)[]).map((v) => (v ? v[name] : zeroOf(inner))),
      ),
    )
    return makeData({ type, ...common, children })
  }
  if (type instanceof Map_) return mapColumn(type, values as (readonly [string, unknown][] | null)[], common)
  throw new Error(`no column writer for ${type}`)
}

/** A map a row, given as its entries. */
function mapColumn(type: Map_, rows: readonly (readonly [string, unknown][] | null)[], common: object): Data {
  const entries = rows.flatMap((row) => row ?? [])
  const valueOffsets = new Int32Array(rows.length + 1)
  rows.forEach((row, i) => {
    valueOffsets[i + 1] = valueOffsets[i] + (row?.length ?? 0)
  })
  const named = entries.map(([key, value]) => ({ key, value }))
  return makeData({ type, ...common, valueOffsets, child: columnOf(type.children[0].type, named) } as never)
}

/** What stands under a missing struct: children stay non-null, the struct's own validity says it is missing. */
function zeroOf(type: DataType): unknown {
  return type instanceof FixedSizeList ? new Array(type.listSize).fill(0) : 0
}

function validityOf(values: readonly unknown[]): { nullCount: number; bitmap?: Uint8Array } {
  const nullCount = values.reduce((count: number, v) => count + (v === null ? 1 : 0), 0)
  if (nullCount === 0) return { nullCount }
  const bitmap = new Uint8Array(Math.ceil(values.length / 8))
  values.forEach((value, i) => {
    if (value !== null) bitmap[i >> 3] |= 1 << (i & 7)
  })
  return { nullCount, bitmap }
}

function bytesOf(value: unknown): Uint8Array {
  if (value === null) return new Uint8Array(0)
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : (value as Uint8Array)
}

function joined(parts: Uint8Array[]): { data: Uint8Array; valueOffsets: Int32Array } {
  const valueOffsets = new Int32Array(parts.length + 1)
  parts.forEach((part, i) => {
    valueOffsets[i + 1] = valueOffsets[i] + part.length
  })
  // A batch of one frame is its grid: not copied.
  if (parts.length === 1) return { data: parts[0], valueOffsets }
  const data = new Uint8Array(valueOffsets[parts.length])
  parts.forEach((part, i) => {
    data.set(part, valueOffsets[i])
  })
  return { data, valueOffsets }
}

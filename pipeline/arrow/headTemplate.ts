import type { BatchParts } from './batchParts.js'
import { FlatTable, writeInt64 } from './flatTable.js'

/** A field's node is its length and its nulls, a buffer its offset and its length: 64-bit integers. */
const pairBytes = 16

/** What changes from the head of one record batch to that of the next in the same file. */
export interface BatchNumbers {
  rows: number
  bodyBytes: number
  /** Length and nulls of each node, one after the other. */
  nodes: readonly number[]
  /** Offset and length of each buffer in the body, one after the other. */
  regions: readonly number[]
}

/**
 * The head of a record batch, as apache-arrow encoded it, for others of the same columns: of all its bytes only some numbers
 * change, and building it anew takes longer than compressing most columns
 * (https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format).
 */
export class HeadTemplate {
  private readonly places: { rows: number; bodyBytes: number; nodes: number; regions: number }
  private readonly counts: { nodes: number; regions: number }

  private constructor(
    private readonly bytes: Buffer,
    batch: FlatTable,
    rows: number,
    bodyBytes: number,
  ) {
    const [nodes, regions] = [batch.list(6, pairBytes), batch.list(8, pairBytes)]
    this.places = { rows, bodyBytes, nodes: nodes.start, regions: regions.start }
    this.counts = { nodes: nodes.count, regions: regions.count }
  }

  /** Of a head with the marks before it. Null for one that leaves a number out, as heads do where it is 0. */
  static of(head: Uint8Array): HeadTemplate | null {
    const bytes = Buffer.from(head)
    const message = FlatTable.at(bytes, 8)
    const batch = message.child(8)
    const [rows, bodyBytes] = [batch?.placeOf(4) ?? null, message.placeOf(10)]
    if (!batch || rows === null || bodyBytes === null) return null
    return new HeadTemplate(bytes, batch, rows, bodyBytes)
  }

  /** Of the head, bytes. */
  get length(): number {
    return this.bytes.length
  }

  /** Whether the head of a batch of so many rows and parts is laid out like this one. */
  fits(rows: number, { nodes, buffers }: Pick<BatchParts, 'nodes' | 'buffers'>): boolean {
    const isEmpty = rows === 0 || buffers.every((buffer) => buffer.length === 0)
    return !isEmpty && nodes.length === 2 * this.counts.nodes && buffers.length === this.counts.regions
  }

  /** Writes the head of a batch with those numbers to the first bytes of `out`. */
  write(out: Buffer, { rows, bodyBytes, nodes, regions }: BatchNumbers): void {
    const { places } = this
    out.set(this.bytes)
    writeInt64(out, places.rows, rows)
    writeInt64(out, places.bodyBytes, bodyBytes)
    for (let n = 0; n < nodes.length; n++) writeInt64(out, places.nodes + 8 * n, nodes[n])
    for (let n = 0; n < regions.length; n++) writeInt64(out, places.regions + 8 * n, regions[n])
  }
}

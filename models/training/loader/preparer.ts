/** Buffers that batches are written into again and again: a fresh one costs the system about as much as filling it. */
export class BufferPool {
  private readonly spare = new Map<number, ArrayBuffer[]>()

  /** A buffer of that many bytes, with anything in it. */
  take(bytes: number): ArrayBuffer {
    return this.spare.get(bytes)?.pop() ?? new ArrayBuffer(bytes)
  }

  give(buffers: readonly ArrayBuffer[]): void {
    for (const buffer of buffers) {
      const same = this.spare.get(buffer.byteLength)
      if (same) same.push(buffer)
      else this.spare.set(buffer.byteLength, [buffer])
    }
  }
}

/** A batch without tensors: plain data, and which of the pool's buffers its arrays stand in. */
export interface Prepared<Value> {
  value: Value
  buffers: ArrayBuffer[]
}

/**
 * Reads and computes what a batch is made of, away from the compute engine. It may live in a thread of its own, so
 * requests and values are plain data; the value of a request must depend on the request alone.
 */
export interface Preparer<Request, Value> {
  prepare(request: Request, pool: BufferPool): Promise<Prepared<Value>>
  close(): Promise<void>
}

/** What a module exports for a loader thread to open. */
export type OpenPreparer<Spec, Request, Value> = (spec: Spec) => Promise<Preparer<Request, Value>>

import { writeInt64 } from './flatTable.js'

/** Bytes that are put one after the other into memory that is kept, and grows to what is needed at most. */
export class GrowingBytes {
  length = 0
  private block = Buffer.alloc(0)

  /** What there is from byte `start` on, a view that is good until something is added. */
  from(start: number): Buffer {
    return this.block.subarray(start, this.length)
  }

  add(bytes: Uint8Array): void {
    const at = this.take(bytes.length)
    this.block.set(bytes, at)
  }

  addZeros(count: number): void {
    const at = this.take(count)
    this.block.fill(0, at, this.length)
  }

  /** A signed 64-bit integer, little endian. */
  addInt64(value: number): void {
    const at = this.take(8)
    writeInt64(this.block, at, value)
  }

  /** Takes room for some bytes; returns where it starts. */
  private take(count: number): number {
    const at = this.length
    this.length += count
    if (this.length > this.block.length) {
      const larger = Buffer.allocUnsafeSlow(this.length + (this.length >> 2))
      larger.set(this.block.subarray(0, at))
      this.block = larger
    }
    return at
  }
}

/** A sweep's points while it is made, one array a column; reused from sweep to sweep. */
export class PointBuffer {
  count = 0
  /** x, y, z as float16 bits, metres, ego frame at the sweep's reference time. */
  readonly x: Uint16Array
  readonly y: Uint16Array
  readonly z: Uint16Array
  readonly intensity: Uint8ClampedArray
  readonly laser: Uint8Array
  /** Since the sweep's reference time. */
  readonly offsetNs: Int32Array
  /** Index into `categories`. */
  readonly semantic: Uint8Array
  /** Returns from each actor, by its index. */
  readonly ofActor: Int32Array

  constructor(capacity: number, actors: number) {
    this.x = new Uint16Array(capacity)
    this.y = new Uint16Array(capacity)
    this.z = new Uint16Array(capacity)
    this.intensity = new Uint8ClampedArray(capacity)
    this.laser = new Uint8Array(capacity)
    this.offsetNs = new Int32Array(capacity)
    this.semantic = new Uint8Array(capacity)
    this.ofActor = new Int32Array(actors)
  }

  clear(): void {
    this.count = 0
    this.ofActor.fill(0)
  }
}

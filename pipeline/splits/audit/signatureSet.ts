import type { Dataset } from '../../dataset.js'
import type { AuditedTrack } from './auditedTracks.js'
import { Signer } from './signature.js'

/**
 * The signatures of all frames that are in a part, a byte a value: a few hundred bytes a frame, whatever the grid.
 * Distances are between signatures scaled to length 1, so that a set's other frames do not matter.
 */
export class SignatureSet {
  count = 0
  /** Frames with too little around them for a signature. */
  empty = 0
  readonly track: Int32Array
  readonly row: Int32Array
  private readonly values: Uint8Array
  /** Square of each signature's length. */
  private readonly square: Float64Array

  /** `length`: values in a signature; `capacity`: how many there will be at most. */
  constructor(
    readonly length: number,
    capacity: number,
  ) {
    this.track = new Int32Array(capacity)
    this.row = new Int32Array(capacity)
    this.values = new Uint8Array(length * capacity)
    this.square = new Float64Array(capacity)
  }

  /** `track`: number of the track; `signature` null: the frame has none. */
  add(track: number, row: number, signature: Uint8Array | null): void {
    if (!signature) {
      this.empty++
      return
    }
    this.track[this.count] = track
    this.row[this.count] = row
    this.values.set(signature, this.count * this.length)
    this.square[this.count] = this.product(this.count, this.count)
    this.count++
  }

  /** From 0, the same, to 1.41, nothing in common. */
  distance(a: number, b: number): number {
    return Math.sqrt(Math.max(0, 2 - (2 * this.product(a, b)) / Math.sqrt(this.square[a] * this.square[b])))
  }

  /** All signatures, [count, length]. */
  get bytes(): Uint8Array {
    return this.values.subarray(0, this.count * this.length)
  }

  /** A signature scaled to length 1. */
  unit(index: number): Float64Array {
    const own = this.values.subarray(index * this.length, (index + 1) * this.length)
    const norm = Math.sqrt(this.square[index])
    return Float64Array.from(own, (value) => value / norm)
  }

  /** Whole numbers below 2⁵³, so the sum is exact and equal signatures are at distance 0. */
  private product(a: number, b: number): number {
    const { values, length } = this
    const [fromA, fromB] = [a * length, b * length]
    let sum = 0
    for (let i = 0; i < length; i++) sum += values[fromA + i] * values[fromB + i]
    return sum
  }
}

/** Reads the occupancy of every log that has a frame in a part, a record batch at a time, and keeps the signatures. */
export async function readSignatures(
  dataset: Pick<Dataset, 'frames' | 'grid' | 'taxonomy'>,
  tracks: readonly AuditedTrack[],
  onLog: () => void,
): Promise<SignatureSet> {
  const signer = new Signer(dataset.grid, dataset.taxonomy)
  const inPart = tracks.map(({ partOfRow }) => partOfRow.reduce((sum, part) => sum + Number(part >= 0), 0))
  const capacity = inPart.reduce((sum, count) => sum + count, 0)
  const set = new SignatureSet(signer.length, capacity)
  for (const [number, track] of tracks.entries()) {
    if (inPart[number] > 0) await readLog(dataset, track, number, signer, set)
    onLog()
  }
  return set
}

async function readLog(
  dataset: Pick<Dataset, 'frames'>,
  track: AuditedTrack,
  number: number,
  signer: Signer,
  set: SignatureSet,
): Promise<void> {
  let row = 0
  for await (const { semantics } of dataset.frames(track.logId)) {
    if (track.partOfRow[row] >= 0) set.add(number, row, signer.sign(semantics))
    row++
  }
}

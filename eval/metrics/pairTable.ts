/**
 * Counts pairs of labels, whatever the labels: [K + 2, K + 1], one row a true class, then unlabelled truth, then labels
 * that are no class; one column a predicted class, then labels that are no class. Nothing is asked of a voxel on the way,
 * so that a pass costs what reading costs.
 */
export class PairTable {
  readonly pairs: Int32Array
  /** Place of the row of each true label, [256]. */
  private readonly rowOf: Uint32Array
  /** Column of each predicted label, [256]. */
  private readonly columnOf: Uint32Array

  /** @param unlabelled - the label of a truth that nobody gave. */
  constructor(classes: number, unlabelled: number) {
    const columns = classes + 1
    this.pairs = new Int32Array((classes + 2) * columns)
    const row = (label: number) => (label < classes ? label : label === unlabelled ? classes : classes + 1)
    this.rowOf = Uint32Array.from({ length: 256 }, (_, label) => row(label) * columns)
    this.columnOf = Uint32Array.from({ length: 256 }, (_, label) => Math.min(label, classes))
  }

  /** All voxels; both [V]. */
  addAll(truth: Uint8Array, predicted: Uint8Array): void {
    const words = truth.length >> 2
    this.addWords(wordsOf(truth), wordsOf(predicted), truth, predicted, 0, words)
    this.addEach(truth, predicted, words << 2, truth.length)
  }

  /** The voxels whose bit is set; @param mask [⌈V/8⌉]. */
  addMasked(truth: Uint8Array, predicted: Uint8Array, mask: Uint8Array): void {
    const { pairs, rowOf, columnOf } = this
    const bits32 = wordsOf(mask)
    const [truth32, predicted32] = [wordsOf(truth), wordsOf(predicted)]
    const whole = truth.length >> 5
    for (let w = 0; w < whole; w++) {
      let bits = bits32[w]
      if (bits === 0) continue
      if (bits === -1) this.addWords(truth32, predicted32, truth, predicted, 8 * w, 8 * w + 8)
      else
        for (const base = w << 5; bits !== 0; bits &= bits - 1) {
          const voxel = base + 31 - Math.clz32(bits & -bits)
          pairs[rowOf[truth[voxel]] + columnOf[predicted[voxel]]]++
        }
    }
    for (let voxel = whole << 5; voxel < truth.length; voxel++)
      if ((mask[voxel >> 3] >> (voxel & 7)) & 1) this.addEach(truth, predicted, voxel, voxel + 1)
  }

  /** Four voxels at a time; where both sides say the same as they said four voxels before, only that is counted. */
  private addWords(
    truth32: Int32Array,
    predicted32: Int32Array,
    truth: Uint8Array,
    predicted: Uint8Array,
    from: number,
    to: number,
  ): void {
    const { pairs, rowOf, columnOf } = this
    let held = 0
    let times = 0
    for (let w = from; w < to; w++) {
      const word = truth32[w]
      const voxel = w << 2
      if (word === predicted32[w]) {
        if (word === held) times++
        else {
          this.addSame(held, times)
          held = word
          times = 1
        }
        continue
      }
      pairs[rowOf[truth[voxel]] + columnOf[predicted[voxel]]]++
      pairs[rowOf[truth[voxel + 1]] + columnOf[predicted[voxel + 1]]]++
      pairs[rowOf[truth[voxel + 2]] + columnOf[predicted[voxel + 2]]]++
      pairs[rowOf[truth[voxel + 3]] + columnOf[predicted[voxel + 3]]]++
    }
    this.addSame(held, times)
  }

  /** Four labels, each `times` in truth and prediction both. */
  private addSame(word: number, times: number): void {
    const { pairs, rowOf, columnOf } = this
    pairs[rowOf[word & 255] + columnOf[word & 255]] += times
    pairs[rowOf[(word >>> 8) & 255] + columnOf[(word >>> 8) & 255]] += times
    pairs[rowOf[(word >>> 16) & 255] + columnOf[(word >>> 16) & 255]] += times
    pairs[rowOf[word >>> 24] + columnOf[word >>> 24]] += times
  }

  private addEach(truth: Uint8Array, predicted: Uint8Array, from: number, to: number): void {
    for (let voxel = from; voxel < to; voxel++) this.pairs[this.rowOf[truth[voxel]] + this.columnOf[predicted[voxel]]]++
  }
}

/** The whole words of some bytes; copied where they do not begin at one. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Int32Array(buffer, byteOffset, bytes.length >> 2)
}

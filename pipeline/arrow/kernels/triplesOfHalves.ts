import { openKernel } from './columnKernel.js'

/** Points that go through at once. */
const blockPoints = 8192

/**
 * Writes x y z a point of three columns of half precision (IEEE 754 binary16, as long as each other) to `out`. Returns whether
 * all of them are finite.
 */
export function triplesOfHalves(x: Uint16Array, y: Uint16Array, z: Uint16Array, out: Float32Array): boolean {
  const { run, from, bytes } = openKernel(18 * blockPoints)
  const halves = new Uint16Array(bytes.buffer, from, 3 * blockPoints)
  const to = from + halves.byteLength
  const triples = new Float32Array(bytes.buffer, to, 3 * blockPoints)
  let areFinite = true
  for (let first = 0; first < x.length; first += blockPoints) {
    const count = Math.min(blockPoints, x.length - first)
    // The kernel takes whole fours.
    if (count < blockPoints) halves.fill(0)
    halves.set(x.subarray(first, first + count))
    halves.set(y.subarray(first, first + count), blockPoints)
    halves.set(z.subarray(first, first + count), 2 * blockPoints)
    const fours = 4 * Math.ceil(count / 4)
    const isOdd = run.triplesOfHalves(from, from + 2 * blockPoints, from + 4 * blockPoints, to, fours)
    if (isOdd !== 0) areFinite = false
    out.set(count < blockPoints ? triples.subarray(0, 3 * count) : triples, 3 * first)
  }
  return areFinite
}

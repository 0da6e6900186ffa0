import { describe, expect, test } from 'vitest'
import { stream } from '../../../pipeline/random.js'
import { axisCount, project, TreeKernel, unitsPerOne } from '../../../pipeline/splits/audit/kernels/signatureKernel.js'
import { sourceSha256 } from '../../../pipeline/splits/audit/kernels/signatures.wasm.js'
import { principalAxes } from '../../../pipeline/splits/audit/principalAxes.js'
import { sourceHash } from '../../../scripts/kernels.mjs'

const seed = 4099

test('what is committed was compiled from these sources: else run `node scripts/kernels.mjs signatures`', () => {
  expect(sourceSha256).toBe(sourceHash('signatures'))
})

describe('coordinates', () => {
  test('by hand: of (3, 4) along the first axis 0.6, and 0.8 is left', () => {
    const [first, ...others] = project(Uint8Array.from([3, 4]), 2, [Float64Array.from([1, 0])])
    // 0.6 · 8192 = 4915.2 and 0.8 · 8192 = 6553.6.
    expect(unitsPerOne).toBe(8192)
    expect([first, others.at(-1)]).toEqual([4915, 6554])
    expect(others.slice(0, -1)).toEqual(Array(axisCount - 2).fill(0))
  })

  test(`they are what plain code makes of any signatures, to the last unit (seed ${seed})`, () => {
    for (const [count, length] of [
      [0, 8],
      [1, 1],
      [7, 40],
      [5000, 18],
      [60, 250],
    ]) {
      const rng = stream(seed, 'signatures', length)
      const values = Uint8Array.from({ length: count * length }, () => (rng.float() < 0.5 ? 0 : rng.int(256)))
      // Of each at least one value, for a signature is never empty.
      for (let n = 0; n < count; n++) values[n * length] = 1 + rng.int(255)
      const signature = (n: number) => values.subarray(n * length, (n + 1) * length)
      const axes = principalAxes((n) => unit(signature(n)), count, length, axisCount - 1)
      const expected = Array.from({ length: count }, (_, n) => plain(signature(n), axes))
      expect(project(values, length, axes)).toEqual(Int16Array.from(expected.flat()))
    }
  })
})

function unit(signature: Uint8Array): Float64Array {
  const length = Math.sqrt(signature.reduce((sum, value) => sum + value * value, 0))
  return Float64Array.from(signature, (value) => value / length)
}

function plain(signature: Uint8Array, axes: readonly Float64Array[]): number[] {
  const length = Math.sqrt(signature.reduce((sum, value) => sum + value * value, 0))
  const along = axes.map((axis) => axis.reduce((sum, share, i) => sum + share * signature[i], 0) / length)
  const left = Math.sqrt(
    Math.max(
      0,
      along.reduce((rest, a) => rest - a * a, 1),
    ),
  )
  const unused = Array(axisCount - 1 - axes.length).fill(0)
  return [...along, ...unused, left].map((a) => {
    // As WebAssembly rounds: halves to the even side.
    const units = unitsPerOne * a
    const down = Math.floor(units)
    return units - down === 0.5 ? down + (down & 1) : Math.round(units)
  })
}

describe('the axes', () => {
  test('by hand: the vectors differ by 6 along the second place, by 2 along the first, not along the third', () => {
    const vectors = [
      [1, 3, 5],
      [1, -3, 5],
      [-1, 3, 5],
      [-1, -3, 5],
    ].map((vector) => Float64Array.from(vector))
    const axes = principalAxes((n) => vectors[n], 4, 3, 2)
    expect(axes.map((axis) => [...axis].map((share) => Math.round(1e9 * Math.abs(share)) / 1e9))).toEqual([
      [0, 1, 0],
      [1, 0, 0],
    ])
  })

  test(`they are orthonormal, and there are no more than values (seed ${seed})`, () => {
    const rng = stream(seed, 'axes')
    const vectors = Array.from({ length: 50 }, () => Float64Array.from({ length: 9 }, () => rng.normal()))
    const axes = principalAxes((n) => vectors[n], 50, 9, 31)
    expect(axes).toHaveLength(9)
    for (const [i, a] of axes.entries())
      for (const [j, b] of axes.entries())
        expect(a.reduce((sum, share, k) => sum + share * b[k], 0)).toBeCloseTo(Number(i === j), 12)
    expect(principalAxes((n) => vectors[n], 0, 9, 31)).toEqual([])
  })
})

describe('the tree', () => {
  const count = 3000

  /** Coordinates in clusters, some of them of one point many times over, for a search that prunes and a build that meets ties. */
  function clusters(): Int16Array[] {
    const rng = stream(seed, 'clusters')
    const centres = Array.from({ length: 20 }, () => Int16Array.from({ length: axisCount }, () => rng.int(4000) - 2000))
    return Array.from({ length: count }, (_, n) =>
      n % 3 === 0 ? centres[n % 20] : rng.pick(centres).map((at) => at + rng.int(401) - 200),
    )
  }
  const coordinates = clusters()
  const apart = (a: Int16Array, b: Int16Array) => a.reduce((sum, at, axis) => sum + (at - b[axis]) ** 2, 0)
  const numbers = Int32Array.from({ length: count }, (_, n) => 10 * n)

  function compared(query: Int16Array, distance: number, share: number, leaves: number): number[] {
    const seen: number[] = []
    const note = (number: number) => {
      seen.push(number / 10)
      return distance
    }
    const tree = new TreeKernel(numbers, (number) => coordinates[number / 10], note)
    tree.compareNear(query, distance, share, leaves)
    return seen.sort((a, b) => a - b)
  }

  test('exact: each member within the distance and what rounding may add is compared, once, and no other', () => {
    for (const [n, distance] of [0, 1, 2, 3, 500, 1001].entries()) {
      const query = coordinates[100 + n]
      const reach = Math.floor((unitsPerOne * Math.min(2, distance / 4000) + 6) ** 2)
      const within = [...coordinates.keys()].filter((i) => apart(coordinates[i], query) < reach)
      expect(compared(query, distance / 4000, 1, 1e9)).toEqual(within)
      expect(within.length).toBeGreaterThan(0)
    }
  })

  test('quick: one leaf, and in it only what is near', () => {
    const query = coordinates[100]
    const all = compared(query, 1, 1, 1e9)
    const some = compared(query, 1, 1, 1)
    expect(some.length).toBeGreaterThan(0)
    expect(some.length).toBeLessThanOrEqual(48)
    expect(all).toEqual(expect.arrayContaining(some))
    // A share of nothing leaves the ranges that the query lies in, or within the rounding of.
    expect(compared(query, 1, 0, 1e9).length).toBeLessThan(all.length / 2)
  })

  test('what a comparison returns is from then on the farthest that is of interest', () => {
    const query = coordinates[100]
    let calls = 0
    const tree = new TreeKernel(
      numbers,
      (number) => coordinates[number / 10],
      () => {
        calls++
        return 0
      },
    )
    tree.compareNear(query, 2, 1, 1e9)
    // All that come after it stand in the same place, but for rounding.
    const same = coordinates.filter((at) => apart(at, query) < 36).length
    expect(calls).toBeGreaterThanOrEqual(same)
    expect(calls).toBeLessThanOrEqual(same + 1)
  })

  test('without members it compares nothing', () => {
    const none = () => {
      throw new Error('compared')
    }
    new TreeKernel(new Int32Array(0), none, none).compareNear(coordinates[0], 2, 1, 1e9)
  })
})

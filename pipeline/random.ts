import { sha256 } from '@noble/hashes/sha2.js'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/** A seeded stream of random numbers. Two streams with the same seed and name give the same numbers, always. */
export interface Rng {
  /** Uniform in [0, 1), 32 bits of it. */
  float(): number
  /** Uniform in [low, high). */
  uniform(low: number, high: number): number
  /** Uniform integer in [0, n). */
  int(n: number): number
  /** Standard normal. */
  normal(): number
  pick<T>(items: readonly T[]): T
  /** A shuffled copy (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[]
}

/**
 * Opens the stream that belongs to `name` under `seed`. Every use of randomness has a stream of its own, so adding a
 * draw in one place never moves the numbers of another.
 */
export function stream(seed: number, ...name: (string | number)[]): Rng {
  // Not Node's own hash: models draw from streams in a browser, too.
  const digest = sha256(new TextEncoder().encode(JSON.stringify([seed, ...name])))
  const bytes = new DataView(digest.buffer, digest.byteOffset)
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => bytes.getInt32(at, true)))
  let spare: number | null = null
  const float = () => (generator.next() >>> 0) / 4294967296
  const int = (n: number) => Math.floor(float() * n)
  return {
    float,
    uniform: (low, high) => low + (high - low) * float(),
    int,
    normal() {
      if (spare !== null) {
        const value = spare
        spare = null
        return value
      }
      const radius = Math.sqrt(-2 * Math.log(1 - float()))
      const angle = 2 * Math.PI * float()
      spare = radius * Math.sin(angle)
      return radius * Math.cos(angle)
    },
    pick: (items) => items[int(items.length)],
    shuffle(items) {
      const copy = [...items]
      for (let i = copy.length - 1; i > 0; i--) {
        const j = int(i + 1)
        ;[copy[i], copy[j]] = [copy[j], copy[i]]
      }
      return copy
    },
  }
}

/** A 31-bit integer seed for engines that take one (initialisers, random ops), from the stream of that name. */
export function seedOf(seed: number, ...name: (string | number)[]): number {
  return stream(seed, ...name).int(2 ** 31)
}

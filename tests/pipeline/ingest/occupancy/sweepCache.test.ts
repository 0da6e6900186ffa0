import { expect, test } from 'vitest'
import { SweepCache } from '../../../../pipeline/ingest/occupancy/sweepCache.js'
import type { Sweep, SweepSource } from '../../../../pipeline/ingest/reader.js'

test('each sweep is read and seen once, and what is forgotten is gone', async () => {
  const reads: number[] = []
  const spares: (number | undefined)[] = []
  const source: SweepSource = {
    timesNs: Float64Array.of(0, 1, 2, 3),
    lidars: [],
    pointCategories: null,
    movingCategories: null,
    read: async (index, spare) => {
      reads.push(index)
      spares.push(spare?.timeNs)
      return { timeNs: index } as Sweep
    },
  }
  const seen: number[] = []
  const cache = new SweepCache(source, ({ timeNs }) => seen.push(timeNs))
  for (const index of [0, 1, 1, 0, 2]) expect((await cache.sweep(index)).timeNs).toBe(index)
  expect(reads).toEqual([0, 1, 2])
  expect(seen).toEqual([0, 1, 2])
  expect(spares).toEqual([undefined, undefined, undefined])
  cache.forgetBefore(2)
  expect(cache.size).toBe(1)
  await cache.sweep(2)
  expect(reads).toEqual([0, 1, 2])
  // The memory of one that was forgotten goes to the next one, and to no other.
  await cache.sweep(3)
  await cache.sweep(0)
  expect(spares.slice(3)).toEqual([1, undefined])
})

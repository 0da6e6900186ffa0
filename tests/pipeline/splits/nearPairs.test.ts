import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stream } from '../../../pipeline/random.js'
import { DisjointSets } from '../../../pipeline/splits/disjointSets.js'
import { nearPairs } from '../../../pipeline/splits/nearPairs.js'
import type { LogTrack } from '../../../pipeline/splits/tracks.js'
import { line, makeTrack } from '../../support/tracks.js'

const seed = 4104

/** The pairs, each united before the next is asked for; and by track the first one of its set. */
function united(tracks: readonly LogTrack[], bufferM: number): { pairs: [number, number][]; setOf: number[] } {
  const sets = new DisjointSets(tracks.length)
  const pairs: [number, number][] = []
  for (const [a, b] of nearPairs(tracks, sets, bufferM)) {
    sets.unite(a, b)
    pairs.push([a, b])
  }
  return { pairs, setOf: tracks.map((_, i) => sets.find(i)) }
}

function areNear(a: LogTrack, b: LogTrack, bufferM: number): boolean {
  if (a.siteId !== b.siteId) return false
  return a.xM.some((x, i) => b.xM.some((other, j) => (x - other) ** 2 + (a.yM[i] - b.yM[j]) ** 2 < bufferM ** 2))
}

test('a pair for each two tracks that meet, and none at exactly the buffer', () => {
  // a and b 9.5 m apart, c 10 m from b; d where a is, at another site.
  const tracks = [0, 9.5, 19.5].map((yM, i) => makeTrack({ logId: `${i}`, points: line(5, 0, 1, yM) }))
  const elsewhere = makeTrack({ logId: 'd', points: line(5, 0), siteId: 'elsewhere' })
  expect(united([...tracks, elsewhere], 10).pairs).toEqual([[1, 0]])
  expect(united([...tracks, elsewhere], 0).pairs).toEqual([])
})

test(`unites what comparing all frames with all unites, by pairs that are near (seed ${seed})`, () => {
  const coordinate = fc.double({ min: -40, max: 40, noNaN: true })
  const log = fc.record({
    points: fc.array(fc.tuple(coordinate, coordinate), { maxLength: 5 }),
    siteId: fc.constantFrom('s1', 's2'),
  })
  const reached = { one: 0, several: 0 }
  const property = fc.property(fc.array(log, { maxLength: 12 }), fc.constantFrom(0.3, 5, 12), (logs, bufferM) => {
    const tracks = logs.map((facts, i) => makeTrack({ ...facts, logId: `${i}` }))
    const all = new DisjointSets(tracks.length)
    for (const [i, a] of tracks.entries())
      for (const [j, b] of tracks.entries()) if (i < j && areNear(a, b, bufferM)) all.unite(i, j)
    const { pairs, setOf } = united(tracks, bufferM)
    expect(setOf).toEqual(tracks.map((_, i) => all.find(i)))
    for (const [a, b] of pairs) expect(areNear(tracks[a], tracks[b], bufferM)).toBe(true)
    reached[pairs.length > 1 ? 'several' : 'one'] += Number(pairs.length > 0)
  })
  fc.assert(property, { seed, numRuns: 300 })
  for (const count of Object.values(reached)) expect(count).toBeGreaterThan(20)
})

test('ten thousand tracks through one yard are one set by one pair fewer than there are tracks', () => {
  const rng = stream(seed, 'yard')
  const tracks = Array.from({ length: 10_000 }, (_, i) =>
    makeTrack({ logId: `${i}`, points: [0, 1, 2].map(() => [rng.uniform(0, 50), rng.uniform(0, 50)] as const) }),
  )
  const { pairs, setOf } = united(tracks, 10)
  expect(pairs.length).toBe(9999)
  expect(new Set(setOf).size).toBe(1)
})

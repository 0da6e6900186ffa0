import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { signFleet } from '../../../bench/splits/signatureFleet.js'
import { stream } from '../../../pipeline/random.js'
import { auditSplitDefaults } from '../../../pipeline/splits/audit/config.js'
import { nearDuplicates } from '../../../pipeline/splits/audit/findings/nearDuplicates.js'
import { longestInOrder } from '../../../pipeline/splits/audit/inOrder.js'
import { Signer } from '../../../pipeline/splits/audit/signature.js'
import { type FrameMatch, matchSignatures } from '../../../pipeline/splits/audit/signatureMatches.js'
import { readSignatures, SignatureSet } from '../../../pipeline/splits/audit/signatureSet.js'
import { Projection, SignatureTree } from '../../../pipeline/splits/audit/signatureTree.js'
import type { Assignment } from '../../../pipeline/splits/part.js'
import { fleet } from '../../../pipeline/taxonomies/fleet.js'
import { line, makeTrack } from '../../support/tracks.js'
import { auditInputOf, byLog } from './auditInputOf.js'
import { datasetOf, grid, nudged, type View, World } from './auditScenes.js'

const seed = 577
const { alike } = auditSplitDefaults
const signer = new Signer(grid, fleet)

/** Signatures of frames, in their order. */
function setOf(frames: readonly Uint8Array[]): SignatureSet {
  const set = new SignatureSet(signer.length, frames.length)
  for (const [row, frame] of frames.entries()) set.add(0, row, signer.sign(frame))
  return set
}

describe('the signature', () => {
  test(`at most a metre and 5° away 17 scenes of 20 are alike, no other scene is (seed ${seed})`, () => {
    const rng = stream(seed, 'views')
    const world = new World(seed, 'a')
    const views = Array.from({ length: 60 }, () => {
      return { x: rng.uniform(-80, 80), y: rng.uniform(-80, 80), yawRad: rng.uniform(-3, 3) }
    })
    const set = setOf([
      ...views.map((view) => world.semantics(view)),
      ...views.map((view) => world.semantics(nudged(view, rng))),
    ])
    expect(set.empty).toBe(0)
    const nudges = views.map((_, i) => set.distance(i, 60 + i))
    expect(nudges.filter((distance) => distance < alike).length).toBeGreaterThanOrEqual(51)
    for (const [i, a] of views.entries())
      for (const [j, b] of views.entries()) {
        if (Math.hypot(a.x - b.x, a.y - b.y) > 10) expect(set.distance(i, j)).toBeGreaterThan(alike)
        if (i === j) expect(set.distance(i, j)).toBe(0)
      }
  })

  test('turned by 90° a scene is another one', () => {
    const world = new World(seed, 'a')
    const at = (yawRad: number) => world.semantics({ x: 0, y: 0, yawRad })
    expect(setOf([at(0), at(Math.PI / 2)]).distance(0, 1)).toBeGreaterThan(alike)
  })

  test('a frame with ground alone, and one with nothing, have none', () => {
    const world = new World(seed, 'a')
    const ground = world.semantics({ x: 10_000, y: 0, yawRad: 0 })
    expect(signer.sign(ground)).toBeNull()
    expect(setOf([ground, ground.fill(fleet.classes.length - 1)])).toMatchObject({ count: 0, empty: 2 })
  })
})

describe('the search', () => {
  test(`it finds what comparing with all finds, and compares with few (seed ${seed})`, () => {
    const length = 24
    const random = (rng: ReturnType<typeof stream>, near?: Uint8Array) =>
      Uint8Array.from({ length }, (_, i) =>
        near ? Math.max(0, Math.min(255, near[i] + rng.int(41) - 20)) : rng.int(256),
      )
    const property = fc.property(fc.integer({ min: 1, max: 300 }), fc.integer(), (count, scene) => {
      const rng = stream(seed, 'signatures', scene)
      const set = new SignatureSet(length, count)
      const kept: Uint8Array[] = []
      for (let i = 0; i < count; i++) {
        kept.push(random(rng, i > 5 && rng.float() < 0.5 ? rng.pick(kept) : undefined))
        set.add(0, i, kept[i])
      }
      const [members, queries] = [0, 1].map((half) =>
        Int32Array.from(Array(count).keys()).filter((i) => i % 2 === half),
      )
      const tree = new SignatureTree(set, new Projection(set), members.slice())
      for (const query of queries) {
        const all = [...members].map((index) => ({ index, distance: set.distance(query, index) }))
        const [best] = all.filter((m) => m.distance < 0.3).sort((a, b) => a.distance - b.distance || a.index - b.index)
        expect(tree.nearest(query, 0.3)).toEqual(best ?? null)
      }
    })
    fc.assert(property, { seed, numRuns: 40 })
  })

  test('4,000 frames against 4,000: under a twentieth of all pairs is compared', () => {
    const rng = stream(seed, 'many')
    // Scenes are made of ten patterns, as real ones are of few.
    const patterns = Array.from({ length: 10 }, () => Float64Array.from({ length: 64 }, () => rng.normal()))
    const set = new SignatureSet(64, 8000)
    for (let i = 0; i < 8000; i++) {
      const weights = patterns.map(() => rng.normal())
      const at = (d: number) => weights.reduce((sum, weight, p) => sum + weight * patterns[p][d], 0)
      set.add(
        0,
        i,
        Uint8Array.from({ length: 64 }, (_, d) => Math.max(0, Math.min(255, 128 + 30 * at(d)))),
      )
    }
    const members = Int32Array.from(Array(4000).keys())
    const tree = new SignatureTree(set, new Projection(set), members)
    const found = Array.from({ length: 4000 }, (_, i) => tree.nearest(4000 + i, alike))
    expect(tree.comparisons).toBeLessThan((4000 * 4000) / 20)
    // And what is found is what comparing with all finds.
    for (let i = 0; i < 4000; i += 40) {
      const all = [...members].map((index) => ({ index, distance: set.distance(4000 + i, index) }))
      const [best] = all.filter(({ distance }) => distance < alike).sort((a, b) => a.distance - b.distance)
      expect(found[i]).toEqual(best ?? null)
    }
    expect(found.filter(Boolean).length).toBeGreaterThan(100)
  })

  test('of very many pairs a quick search finds more than 49 of 50, each as near as it says', () => {
    // 10,000 frames on the streets of a town, in all parts alike.
    const { set, tracks } = signFleet(100, false)
    const exact = matchSignatures(set, tracks, alike, 1)
    const quick = matchSignatures(set, tracks, alike, 1, 0)
    expect([exact.isExact, quick.isExact]).toEqual([true, false])
    expect(exact.frames.length).toBeGreaterThan(3000)
    expect(quick.frames.length).toBeLessThanOrEqual(exact.frames.length)
    expect(quick.frames.length).toBeGreaterThan(0.98 * exact.frames.length)
    const keyOf = ({ frame, likePart }: FrameMatch) => `${frame.track} ${frame.row} ${likePart}`
    const nearest = new Map(exact.frames.map((match) => [keyOf(match), match.distance]))
    for (const match of quick.frames) {
      const { frame, like, distance } = match
      expect(distance).toBe(set.distance(frame.track * 100 + frame.row, like.track * 100 + like.row))
      expect(distance).toBeGreaterThanOrEqual(nearest.get(keyOf(match))!)
      expect(distance).toBeLessThan(alike)
    }
    const pairOf = ({ track, like }: { track: number; like: number }) => `${track} ${like}`
    expect(exact.logs.map(pairOf)).toEqual(expect.arrayContaining(quick.logs.map(pairOf)))
  })

  test('the longest run in order', () => {
    // 1 2 5 6 of seven.
    expect(longestInOrder([1, 9, 2, 2, 0, 5, 6])).toBe(4)
    expect(longestInOrder([])).toBe(0)
    expect(longestInOrder([3, 2, 1])).toBe(1)
  })
})

describe('logs that look alike', () => {
  /** A drive along a world, 3 m a frame. */
  const drive = (count: number, yM: number): View[] =>
    Array.from({ length: count }, (_, i) => ({ x: 3 * i - 30, y: yM, yawRad: 0.02 * i }))
  const world = new World(seed, 'a')
  const elsewhere = new World(seed, 'b')
  const original = drive(20, 0)
  const rng = stream(seed, 'copy')
  const logs = {
    original: original.map((view) => world.semantics(view)),
    copy: original.map((view) => world.semantics(nudged(view, rng))),
    other: drive(20, 0).map((view) => elsewhere.semantics(view)),
  }
  // The copy says that it is of another site, so that no distance gives it away.
  const tracks = Object.keys(logs).map((logId) =>
    makeTrack({ logId, siteId: `site of ${logId}`, points: line(20, 0, 3) }),
  )

  async function found(partOf: Assignment, some: Partial<typeof logs> = {}) {
    const input = auditInputOf(tracks, partOf)
    const set = await readSignatures(datasetOf({ ...logs, ...some }), input.tracks, () => undefined)
    return nearDuplicates.find({ ...input, matches: matchSignatures(set, input.tracks, alike, 1) })
  }

  test('planted: a copy under another name and site, up to a metre and 5° off, in test', async () => {
    const finding = await found(byLog({ original: 'train', copy: 'test', other: 'val' }))
    expect(finding).toMatchObject({ severity: 'leak', headline: '1 copied log', numbers: { logPairs: 1, tooEmpty: 0 } })
    expect(finding.numbers.frames).toBeGreaterThanOrEqual(16)
    expect(finding.named.shown[0].frames.map(({ logId, part }) => [logId, part])).toEqual([
      ['original', 'train'],
      ['copy', 'test'],
    ])
    expect(finding.named.shown[0].what).toMatch(/^\d+ frames of the two logs match in order$/)
  })

  test('original and copy in one part are no leak, and another drive is none', async () => {
    const finding = await found(byLog({ original: 'train', copy: 'train', other: 'test' }))
    expect(finding).toMatchObject({ severity: 'none', headline: '0 of 20 frames', named: { count: 0 } })
  })

  test('planted: single frames of test that stand in train are a leak without a copied log', async () => {
    const other = logs.other.map((frame, i) => (i === 4 || i === 11 ? logs.original[i] : frame))
    const finding = await found(byLog({ original: 'train', other: 'test' }), { other })
    expect(finding).toMatchObject({ severity: 'leak', headline: '2 of 20 frames' })
    expect(finding.numbers).toMatchObject({ frames: 2, identical: 2, logPairs: 0 })
  })

  test('where unrelated frames look alike by themselves, alikeness is a note', async () => {
    // One scene stands in a third of all frames: that a test frame looks like a training frame says nothing.
    const alikeByThirds = (log: Uint8Array[]) => log.map((frame, i) => (i % 3 === 0 ? logs.other[0] : frame))
    const streets = [0, 60, -60].map((yM) => alikeByThirds(drive(20, yM).map((view) => world.semantics(view))))
    const some = { original: streets[0], copy: streets[1], other: streets[2] }
    const finding = await found(byLog({ original: 'train', copy: 'train', other: 'test' }), some)
    // Seven of twenty frames a log; of the two training logs, each frame of the seven looks like some of the other log.
    expect(finding).toMatchObject({ severity: 'note', headline: '7 of 20 frames' })
    expect(finding.numbers).toMatchObject({ unrelatedAlike: 14 / 40, expectedByChance: 7 })
  })

  test('frames that were not compared are not called clean', () => {
    const input = auditInputOf(tracks, byLog({ original: 'train', copy: 'test' }))
    expect(nearDuplicates.find(input)).toMatchObject({ severity: 'unchecked', numbers: { frames: null } })
  })
})

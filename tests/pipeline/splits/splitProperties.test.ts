import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignmentOf } from '../../../pipeline/splits/assignmentOf.js'
import { splitDefaults } from '../../../pipeline/splits/config.js'
import { parts } from '../../../pipeline/splits/part.js'
import { planSplit } from '../../../pipeline/splits/planSplit.js'
import { ruleNamed } from '../../../pipeline/splits/rules.js'
import type { SplitFile } from '../../../pipeline/splits/splitFile.js'
import type { LogTrack } from '../../../pipeline/splits/tracks.js'
import { cuts, fleets, settings } from '../../support/fleets.js'
import { line, makeTrack } from '../../support/tracks.js'

const seed = 31_415

const cases = fc.record({ tracks: fleets(), config: settings, planSeed: fc.nat(5) })

function check(name: string, property: (tracks: LogTrack[], file: SplitFile) => void): void {
  test(`${name} (seed ${seed})`, () => {
    const run = fc.property(cases, ({ tracks, config: some, planSeed }) =>
      property(tracks, planSplit(tracks, { ...splitDefaults, ...some }, planSeed)),
    )
    fc.assert(run, { seed, numRuns: 150 })
  })
}

/** Every frame with its part, and whether it is near to a frame of a part, by comparing all with all. */
function framesOf(tracks: LogTrack[], file: SplitFile) {
  const partOf = assignmentOf(file.logs)
  return tracks.flatMap((track) =>
    Array.from(track.frameIndex, (index, row) => ({ track, index, row, part: partOf(track.logId, index) })),
  )
}
type Placed = ReturnType<typeof framesOf>[number]

function isNear(a: Placed, b: Placed, { bufferM }: SplitFile): boolean {
  if (a.track.siteId !== b.track.siteId) return false
  return (a.track.xM[a.row] - b.track.xM[b.row]) ** 2 + (a.track.yM[a.row] - b.track.yM[b.row]) ** 2 < bufferM ** 2
}

check('complete: every frame is in one part or left out, and the counts say which', (tracks, file) => {
  const frames = framesOf(tracks, file)
  for (const part of parts) expect(file.parts[part].frames).toBe(frames.filter((frame) => frame.part === part).length)
  const leftOut = parts.flatMap((part) => Object.values(file.parts[part].leftOut).flatMap(Object.values<number>))
  expect(leftOut.reduce((a, b) => a + b, 0)).toBe(frames.filter(({ part }) => part === null).length)
  expect(file.logs.map(({ logId }) => logId).sort()).toEqual(tracks.map(({ logId }) => logId).sort())
  expect([...new Set(file.groups.flatMap(({ logs }) => logs))].sort()).toEqual(tracks.map(({ logId }) => logId).sort())
})

check('disjoint: a log is in two parts only where the rule cuts it, no group is torn', (tracks, file) => {
  const partOf = new Map(file.logs.map(({ logId, part }) => [logId, part]))
  const partsOf = new Map(tracks.map(({ logId }) => [logId, new Set<string>()]))
  for (const { track, part } of framesOf(tracks, file)) if (part) partsOf.get(track.logId)!.add(part)
  // The buffer may have taken all that a cut log was given of a part.
  expect([...partsOf.values()].filter(({ size }) => size > 1).length).toBeLessThanOrEqual(file.cutLogs)
  if (cuts(file.rule)) return
  expect(file.cutLogs).toBe(0)
  for (const { logs, part } of file.groups) for (const logId of logs) expect(partOf.get(logId)).toBe(part)
})

check(
  'where the rule cuts logs, frames of one place, or of one time at a site, are never in two parts',
  (tracks, file) => {
    const value = (frame: Placed) =>
      file.rule === 'geographic'
        ? [frame.track.siteId, ...[frame.track.xM, frame.track.yM].map((m) => Math.floor(m[frame.row] / file.regionM))]
        : [frame.track.siteId, frame.track.timestampNs[frame.row]]
    if (!cuts(file.rule)) return
    const partOf = new Map<string, string>()
    for (const frame of framesOf(tracks, file)) {
      if (!frame.part) continue
      const key = value(frame).join()
      expect(partOf.get(key) ?? frame.part).toBe(frame.part)
      partOf.set(key, frame.part)
    }
  },
)

check('rule temporal: at each site train is before val, and val before test, by the gap', (tracks, file) => {
  if (file.rule !== 'temporal') return
  const kept = framesOf(tracks, file).filter(({ part }) => part !== null)
  // A source that two sites have is as old as its older copy: see the test of the rule.
  const twins = tracks.filter(({ sourceHash }) => sourceHash === 'twin')
  if (new Set(twins.map(({ siteId }) => siteId)).size > 1) return
  for (const a of kept)
    for (const b of kept) {
      if (a.track.siteId !== b.track.siteId || parts.indexOf(a.part!) >= parts.indexOf(b.part!)) continue
      const gapS = Number(b.track.timestampNs[b.row] - a.track.timestampNs[a.row]) / 1e9
      expect(gapS).toBeGreaterThanOrEqual(file.gapS)
      expect(gapS).toBeGreaterThan(0)
    }
})

check('the rule holds unless split.json says that it gave way', (tracks, file) => {
  if (file.compromises.some(({ constraint }) => constraint === 'rule') || ruleNamed(file.rule).regionsOf) return
  const partOf = new Map(file.logs.map(({ logId, part }) => [logId, part]))
  const valuesOf = (track: LogTrack) => ruleNamed(file.rule).valuesOf(track, file as never)
  for (const a of tracks)
    for (const b of tracks)
      if (valuesOf(a).some((value) => valuesOf(b).includes(value)))
        expect(partOf.get(a.logId)).toBe(partOf.get(b.logId))
})

check('no leak is left: by our own audit, and by comparing all with all', (tracks, file) => {
  expect(file.leaks).toEqual([])
  const kept = framesOf(tracks, file).filter(({ part }) => part !== null)
  for (const a of kept)
    for (const b of kept) {
      if (a.part === b.part) continue
      expect(isNear(a, b, file)).toBe(false)
      if (!cuts(file.rule)) expect(a.track.sourceHash).not.toBe(b.track.sourceHash)
      const sameVehicle = a.track.rigId === b.track.rigId && a.track.siteId === b.track.siteId
      const gapS = Math.abs(Number(a.track.timestampNs[a.row] - b.track.timestampNs[b.row])) / 1e9
      if (sameVehicle) expect(gapS).toBeGreaterThanOrEqual(file.neighbourS)
    }
})

check(
  'no frame is left out without need: each lies near a frame that stayed, of the part it gave way to',
  (tracks, file) => {
    const frames = framesOf(tracks, file)
    for (const { logId, exceptions } of file.logs)
      for (const { reason, part, given, near, frames: ranges } of exceptions) {
        if (reason === 'cut') continue
        expect(part).toBeNull()
        expect([given, near]).toSatisfy(([mine, to]) => to === 'train' || (mine === 'val' && to === 'test'))
        const gone = frames.filter(
          ({ track, index }) => track.logId === logId && ranges.some(([from, to]) => from <= index && index <= to),
        )
        const isClose = reason === 'buffer' ? isNear : isSoonAfter
        for (const frame of gone)
          expect(frames.some((other) => other.part === near && isClose(frame, other, file))).toBe(true)
      }
  },
)

/** Closer in time than the file's gaps: at a site, or of one rig at a site. */
function isSoonAfter(a: Placed, b: Placed, { rule, gapS, neighbourS }: SplitFile): boolean {
  if (a.track.siteId !== b.track.siteId) return false
  const apartS = Math.abs(Number(a.track.timestampNs[a.row] - b.track.timestampNs[b.row])) / 1e9
  if (rule === 'temporal') return apartS < Math.max(gapS, neighbourS)
  return a.track.rigId === b.track.rigId && apartS < neighbourS
}

check('a part that was asked for and is empty, or whose share is off, is named', (_, file) => {
  for (const part of parts) {
    const { asked, got, frames } = file.parts[part]
    const named = file.compromises.filter(({ what }) => what.startsWith(part)).map(({ constraint }) => constraint)
    if (asked > 0 && frames === 0) expect(named).toContain('nonEmpty')
    else if (Math.abs(got - asked) > 0.02) expect(named).toContain('shares')
  }
})

test(`the order of the logs does not matter (seed ${seed})`, () => {
  const shuffled = cases.chain((one) =>
    fc.shuffledSubarray(one.tracks, { minLength: one.tracks.length }).map((tracks) => ({ ...one, shuffled: tracks })),
  )
  const run = fc.property(shuffled, ({ tracks, shuffled: others, config: some, planSeed }) => {
    const [one, other] = [tracks, others].map((logs) => planSplit(logs, { ...splitDefaults, ...some }, planSeed))
    expect(other).toEqual(one)
  })
  fc.assert(run, { seed, numRuns: 150 })
})

test(`forty and more logs of at most 4 % each, far apart, are within 2 % of any shares, classes in every part (seed ${seed})`, () => {
  const lengths = fc.array(fc.integer({ min: 3, max: 10 }), { minLength: 40, maxLength: 60 })
  const shares = fc.constantFrom([0.6, 0.15, 0.25], [0.8, 0.1, 0.1], [0.34, 0.33, 0.33])
  const property = fc.property(lengths, shares, fc.nat(9), (counts, asked, planSeed) => {
    const tracks = counts.map((count, i) =>
      makeTrack({
        ...{ logId: `log${i}`, points: line(count, 1000 * i), rigId: `rig${i % 4}` },
        observedVoxels: { road: 9, crane: Number(i % 13 === 5) },
      }),
    )
    const file = planSplit(tracks, { ...splitDefaults, shares: asked }, planSeed)
    for (const [i, part] of parts.entries()) expect(Math.abs(file.parts[part].got - asked[i])).toBeLessThanOrEqual(0.02)
    expect(file.compromises).toEqual([])
  })
  fc.assert(property, { seed, numRuns: 15 })
})

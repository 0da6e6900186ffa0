import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignmentOf } from '../../../pipeline/splits/assignmentOf.js'
import { splitDefaults } from '../../../pipeline/splits/config.js'
import { parts } from '../../../pipeline/splits/part.js'
import { planSplit } from '../../../pipeline/splits/planSplit.js'
import { type RuleName, ruleNamed, rules } from '../../../pipeline/splits/rules.js'
import type { SplitFile } from '../../../pipeline/splits/splitFile.js'
import type { LogTrack } from '../../../pipeline/splits/tracks.js'
import { makeTrack } from '../../support/tracks.js'

const seed = 31_415

/** A log that wanders: start, and steps of up to 6 m. */
const log = fc.record({
  siteId: fc.constantFrom('s1', 's2'),
  routeId: fc.constantFrom('r1', 'r2'),
  rigId: fc.constantFrom('v1', 'v2', 'v3'),
  date: fc.constantFrom(null, '2024-01-01', '2024-01-02', '2024-01-03'),
  sourceHash: fc.constantFrom(undefined, undefined, undefined, 'twin'),
  startS: fc.integer({ min: 0, max: 900 }),
  start: fc.tuple(fc.integer({ min: 0, max: 250 }), fc.integer({ min: 0, max: 250 })),
  steps: fc.array(fc.tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: -6, max: 6 })), { maxLength: 12 }),
})
const fleet = fc
  .array(log, { minLength: 1, maxLength: 14 })
  .map((logs) =>
    logs.map((facts, i) => makeTrack({ ...facts, logId: `log${i}`, points: walk(facts.start, facts.steps) })),
  )

const config = fc.record({
  rule: fc.constantFrom(...(Object.keys(rules) as RuleName[])),
  shares: fc.constantFrom([0.6, 0.15, 0.25], [0.5, 0, 0.5], [0.8, 0.1, 0.1]),
  bufferM: fc.constantFrom(0, 10, 40),
  mergeNear: fc.boolean(),
  neighbourS: fc.constantFrom(0, 10, 60),
})
const cases = fc.record({ tracks: fleet, config, planSeed: fc.nat(5) })

function walk(start: [number, number], steps: [number, number][]): [number, number][] {
  const points = [start]
  for (const [dx, dy] of steps) points.push([points.at(-1)![0] + dx, points.at(-1)![1] + dy])
  return points
}

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

function isNear(a: Placed, b: Placed, bufferM: number): boolean {
  if (a.track.siteId !== b.track.siteId) return false
  return (a.track.xM[a.row] - b.track.xM[b.row]) ** 2 + (a.track.yM[a.row] - b.track.yM[b.row]) ** 2 < bufferM ** 2
}

check('complete: every frame is in one part or left out, and the counts say which', (tracks, file) => {
  const frames = framesOf(tracks, file)
  for (const part of parts) expect(file.parts[part].frames).toBe(frames.filter((frame) => frame.part === part).length)
  const leftOut = parts.flatMap((part) => Object.values(file.parts[part].leftOut.buffer))
  expect(leftOut.reduce((a, b) => a + b, 0)).toBe(frames.filter(({ part }) => part === null).length)
  expect(file.logs.map(({ logId }) => logId).sort()).toEqual(tracks.map(({ logId }) => logId).sort())
  expect(file.groups.flatMap(({ logs }) => logs).sort()).toEqual(tracks.map(({ logId }) => logId).sort())
})

check('disjoint: no log is in two parts, no group is torn', (_, file) => {
  const partOf = new Map(file.logs.map(({ logId, part }) => [logId, part]))
  for (const { logs, part } of file.groups) for (const logId of logs) expect(partOf.get(logId)).toBe(part)
})

check('the rule holds unless split.json says that it gave way', (tracks, file) => {
  if (file.compromises.some(({ constraint }) => constraint === 'rule')) return
  const partOf = new Map(file.logs.map(({ logId, part }) => [logId, part]))
  const { groupOf } = ruleNamed(file.rule)
  for (const a of tracks)
    for (const b of tracks) if (groupOf(a) === groupOf(b)) expect(partOf.get(a.logId)).toBe(partOf.get(b.logId))
})

check('no leak is left: by our own audit, and by comparing all with all', (tracks, file) => {
  expect(file.leaks).toEqual([])
  const kept = framesOf(tracks, file).filter(({ part }) => part !== null)
  for (const a of kept)
    for (const b of kept) {
      if (a.part === b.part) continue
      expect(isNear(a, b, file.bufferM)).toBe(false)
      expect(a.track.sourceHash).not.toBe(b.track.sourceHash)
      const sameVehicle = a.track.rigId === b.track.rigId && a.track.siteId === b.track.siteId
      const gapS = Math.abs(Number(a.track.timestampNs[a.row] - b.track.timestampNs[b.row])) / 1e9
      if (sameVehicle) expect(gapS).toBeGreaterThanOrEqual(file.neighbourS)
    }
})

check(
  'no frame is left out without need: each lies near a frame that stayed, of the part it gave way to',
  (tracks, file) => {
    const frames = framesOf(tracks, file)
    for (const { logId, part, exceptions } of file.logs)
      for (const { near, frames: ranges } of exceptions) {
        expect([part, near]).toSatisfy(([mine, to]) => to === 'train' || (mine === 'val' && to === 'test'))
        const gone = frames.filter(
          ({ track, index }) => track.logId === logId && ranges.some(([from, to]) => from <= index && index <= to),
        )
        for (const frame of gone)
          expect(frames.some((other) => other.part === near && isNear(frame, other, file.bufferM))).toBe(true)
      }
  },
)

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

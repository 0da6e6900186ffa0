import fc from 'fast-check'
import { type RuleName, rules } from '../../pipeline/splits/rules.js'
import type { LogTrack } from '../../pipeline/splits/tracks.js'
import { makeTrack } from './tracks.js'

/** A log that wanders: start, and steps of up to 6 m. */
const log = fc.record({
  siteId: fc.constantFrom('s1', 's2'),
  routeId: fc.constantFrom('r1', 'r2'),
  rigId: fc.constantFrom('v1', 'v2', 'v3'),
  date: fc.constantFrom(null, '2024-01-01', '2024-01-02', '2024-01-03'),
  mapVersion: fc.constantFrom(null, 'm1', 'm2'),
  sourceHash: fc.constantFrom(undefined, undefined, undefined, 'twin'),
  observedVoxels: fc.constantFrom(null, { road: 9, bus: 0 }, { road: 9, bus: 1 }),
  startS: fc.integer({ min: 0, max: 900 }),
  start: fc.tuple(fc.integer({ min: 0, max: 250 }), fc.integer({ min: 0, max: 250 })),
  steps: fc.array(fc.tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: -6, max: 6 })), { maxLength: 12 }),
})

/** Random fleets of 1 to `most` small logs on two crowded sites, named `log0` on. */
export function fleets(most = 14): fc.Arbitrary<LogTrack[]> {
  return fc
    .array(log, { minLength: 1, maxLength: most })
    .map((logs) =>
      logs.map((facts, i) => makeTrack({ ...facts, logId: `log${i}`, points: walk(facts.start, facts.steps) })),
    )
}

function walk(start: [number, number], steps: [number, number][]): [number, number][] {
  const points = [start]
  for (const [dx, dy] of steps) points.push([points.at(-1)![0] + dx, points.at(-1)![1] + dy])
  return points
}

/** Random split settings, of every rule and of some that are made of several. */
export const settings = fc
  .record({
    rule: fc.constantFrom(...(Object.keys(rules) as RuleName[]), 'rig, route', 'route+date', 'tile+rig, date'),
    shares: fc.constantFrom([0.6, 0.15, 0.25], [0.5, 0, 0.5], [0.8, 0.1, 0.1]),
    bufferM: fc.constantFrom(0, 10, 40),
    mergeNear: fc.boolean(),
    neighbourS: fc.constantFrom(0, 10, 60),
    // Small, so that the logs, which are at most 72 m long, are cut.
    regionM: fc.constantFrom(20, 100),
    tileM: fc.constantFrom(20, 100),
    gapS: fc.constantFrom(0, 30),
  })
  .map((some) => ({ ...some, mergeNear: some.mergeNear && !cuts(some.rule) }))

/** Whether the rule cuts logs. */
export function cuts(rule: string): boolean {
  return /geographic|temporal/.test(rule)
}

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AuditedTrack } from '../../../pipeline/splits/audit/auditedTracks.js'
import { auditSplitDefaults } from '../../../pipeline/splits/audit/config.js'
import type { FittedModel } from '../../../pipeline/splits/audit/fittedModels.js'
import { searches } from '../../../pipeline/splits/audit/searches.js'
import type { Part } from '../../../pipeline/splits/part.js'
import { line, makeTrack } from '../../support/tracks.js'
import { auditInputOf, byLog, find } from './auditInputOf.js'

const seed = 1618

/** Three logs a kilometre apart, days apart. */
const apart = () => [0, 1000, 2000].map((x, i) => makeTrack({ logId: `${i}`, points: line(12, x) }))
const clean = byLog({ 0: 'train', 1: 'val', 2: 'test' })

test('where nothing is wrong, no finding is a leak', () => {
  const input = auditInputOf(apart(), clean)
  const severities = Object.entries(searches).map(([kind, search]) => [kind, search.find(input).severity])
  expect(severities).toEqual([
    ['sharedLogs', 'none'],
    ['sharedSources', 'none'],
    ['trainDistance', 'none'],
    ['nearDuplicates', 'unchecked'],
    ['temporalNeighbours', 'none'],
    ['straddlingWindows', 'none'],
    ['confined', 'none'],
    ['fittedStatistics', 'unchecked'],
  ])
})

describe('logs in two parts', () => {
  const cut = () => [makeTrack({ logId: 'cut', points: line(4, 0, 20), stepS: 15 })]

  test('planted: a log cut between its frames 1 and 2', () => {
    const found = find('sharedLogs', cut(), (_, frame) => (frame < 2 ? 'train' : 'test'))
    expect(found).toMatchObject({ severity: 'leak', headline: '1 log', numbers: { logs: 1, framesInTwoParts: 0 } })
    expect(found.named.shown[0]).toMatchObject({
      frames: [
        { logId: 'cut', frameIndex: 1, part: 'train' },
        { logId: 'cut', frameIndex: 2, part: 'test' },
      ],
      ...{ distanceM: 20, gapS: 15 },
    })
  })

  test('planted: a frame that lists give to two parts', () => {
    const contradictions = { count: 3, shown: [{ logId: 'cut', frameIndex: 1, part: 'train' as const }] }
    const found = find('sharedLogs', cut(), () => 'train', { contradictions })
    expect(found).toMatchObject({ severity: 'leak', headline: '3 frames given twice', named: { count: 3 } })
  })

  test('a split that cuts logs on purpose is noted, not blamed', () => {
    const found = find('sharedLogs', cut(), (_, frame) => (frame < 2 ? 'train' : 'test'), { cutsLogs: true })
    expect(found.severity).toBe('note')
  })
})

describe('the same source under two names', () => {
  const twins = (hashes: string[]) =>
    hashes.map((sourceHash, i) => makeTrack({ logId: `${i}`, siteId: `s${i}`, points: line(2, 0), sourceHash }))

  test('pairs of very many logs of one source are all counted, by hand: 30 train, 20 val, 10 test', () => {
    const logs = Array.from({ length: 60 }, (_, i) => i)
    const partOf = (i: number) => (i < 30 ? 'train' : i < 50 ? 'val' : 'test')
    const entries = Object.fromEntries(logs.map((i) => [`${i}`, partOf(i)] as const))
    const found = find('sharedSources', twins(logs.map(() => 'x')), byLog(entries))
    // 30 · 20 + 30 · 10 + 20 · 10.
    expect(found).toMatchObject({ severity: 'leak', headline: '1100 pairs', numbers: { pairs: 1100 } })
    expect(found.named.count).toBe(1100)
  })

  test('planted: equal hashes in train and test, at two sites', () => {
    const found = find('sharedSources', twins(['x', 'x']), byLog({ 0: 'train', 1: 'test' }))
    expect(found).toMatchObject({ severity: 'leak', headline: '1 pair', numbers: { pairs: 1, logsWithoutHash: 0 } })
    expect(found.named.shown[0].distanceM).toBeNull()
  })

  test('equal hashes in one part are no leak; without hashes nothing is claimed', () => {
    expect(find('sharedSources', twins(['x', 'x']), byLog({ 0: 'test', 1: 'test' })).severity).toBe('none')
    expect(find('sharedSources', twins(['', '']), byLog({ 0: 'train', 1: 'test' }))).toMatchObject({
      ...{ severity: 'unchecked', numbers: { pairs: null } },
    })
  })
})

describe('the distance to training frames', () => {
  test('planted: test frames 3, 8, 30 and 80 m from the only training frame, one elsewhere', () => {
    const tracks = [
      makeTrack({ logId: 'a', points: [[0, 0]] }),
      makeTrack({
        logId: 'b',
        points: [
          [3, 0],
          [0, 8],
          [30, 0],
          [0, -80],
        ],
      }),
      makeTrack({ logId: 'c', siteId: 'elsewhere', points: [[0, 0]] }),
    ]
    const found = find('trainDistance', tracks, byLog({ a: 'train', b: 'test', c: 'val' }))
    expect(found).toMatchObject({ severity: 'leak', headline: '20.0 % under 5 m' })
    expect(found.numbers).toMatchObject({
      ...{ frames: 5, underBuffer: 2, nearestM: 3, allUnder5M: 0.2, allUnder10M: 0.4, allUnder50M: 0.6 },
      ...{ testUnder5M: 0.25, testUnder50M: 0.75, valUnder50M: 0, valQuantile50M: null, testQuantile50M: 8 },
    })
    expect(found.histogram).toEqual({
      edgesM: [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
      counts: { val: Array(11).fill(0), test: [0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0] },
      nowhere: { val: 1, test: 0 },
    })
    expect(found.named.shown.map(({ frames, distanceM }) => [frames[1].frameIndex, distanceM])).toEqual([
      [0, 3],
      [1, 8],
    ])
  })

  test('planted: val near test, train far', () => {
    const tracks = [0, 500, 504].map((x, i) => makeTrack({ logId: `${i}`, points: [[x, 0]] }))
    const found = find('trainDistance', tracks, byLog({ 0: 'train', 1: 'val', 2: 'test' }))
    expect(found).toMatchObject({ severity: 'leak', numbers: { underBuffer: 0, valNearTest: 1 }, named: { count: 1 } })
  })

  test('the list is cut, the count is not', () => {
    const tracks = [0, 1].map((y, i) => makeTrack({ logId: `${i}`, points: line(30, 0, 1, y) }))
    const found = find('trainDistance', tracks, byLog({ 0: 'train', 1: 'test' }), { config: { mostNamed: 7 } })
    expect([found.named.count, found.named.shown.length]).toEqual([30, 7])
  })
})

describe('one drive in two parts', () => {
  const drive = (rigs: [string, string], startS: number) => [
    makeTrack({ logId: 'a', rigId: rigs[0], points: line(3, 0), startS: 0, stepS: 1 }),
    makeTrack({ logId: 'b', rigId: rigs[1], points: line(3, 500), startS, stepS: 1 }),
  ]
  const parted = byLog({ a: 'train', b: 'test' })

  test('planted: the next log of the same rig starts 9.5 s after', () => {
    const found = find('temporalNeighbours', drive(['r', 'r'], 11.5), parted)
    expect(found).toMatchObject({ severity: 'leak', headline: '9.5 s apart', numbers: { pairs: 1, leastS: 9.5 } })
    expect(found.named.shown[0].frames.map(({ frameIndex }) => frameIndex)).toEqual([2, 0])
  })

  test('later, with another rig, or switched off it is none', () => {
    expect(find('temporalNeighbours', drive(['r', 'r'], 12), parted).severity).toBe('none')
    expect(find('temporalNeighbours', drive(['r', 'q'], 3), parted).severity).toBe('none')
    const off = find('temporalNeighbours', drive(['r', 'r'], 3), parted, { config: { neighbourS: 0 } })
    expect(off.severity).toBe('unchecked')
  })
})

describe('windows over a border', () => {
  const config = { clip: 2, horizon: 2, bufferM: 10 }

  test('planted: ten frames cut in the middle tear three of seven windows', () => {
    const track = makeTrack({ logId: 'a', points: line(10, 0, 100) })
    const found = find('straddlingWindows', [track], (_, i) => (i < 5 ? 'train' : 'test'), { config })
    expect(found).toMatchObject({ severity: 'leak', headline: '3 of 7 torn', numbers: { windows: 7, torn: 3 } })
    expect(found.named.shown.map(({ frames }) => frames.map(({ frameIndex }) => frameIndex))).toEqual([
      [2, 5],
      [3, 6],
      [4, 7],
    ])
  })

  test('planted: a horizon that goes on into frames left out near to test', () => {
    // Test stands at 805 m; frames 8 and 9 of the training log, at 800 and 900 m, are left out, the first 5 m from it.
    const tracks = [makeTrack({ logId: 'a', points: line(10, 0, 100) }), makeTrack({ logId: 'b', points: [[805, 0]] })]
    const partOf = (logId: string, i: number) => (logId === 'b' ? 'test' : i < 8 ? 'train' : null)
    const found = find('straddlingWindows', tracks, partOf, { config })
    // Windows of train 0–3 … 4–7 are whole; 5–8 and 6–9 enter.
    expect(found).toMatchObject({ severity: 'note', numbers: { windows: 7, torn: 0, enteringBuffer: 2 } })
    const far = find('straddlingWindows', tracks, partOf, { config: { ...config, bufferM: 4 } })
    expect(far).toMatchObject({ severity: 'none', numbers: { windows: 5, enteringBuffer: 0 } })
  })

  test('no window goes over a gap in time, and short logs hold none', () => {
    const track = makeTrack({ logId: 'a', points: line(8, 0, 100) })
    for (let row = 4; row < 8; row++) track.timestampNs[row] += 1_000_000_000n
    const found = find('straddlingWindows', [track], (_, i) => (i < 4 ? 'train' : 'test'), { config })
    expect(found).toMatchObject({ severity: 'none', numbers: { windows: 2, torn: 0 } })
    expect(find('straddlingWindows', [track], () => 'train', { config: { clip: 5, horizon: 5 } }).severity).toBe(
      'unchecked',
    )
  })
})

describe('rig, calibration or map in one part', () => {
  test('planted: rig q only in test, calibration c2 only in val; unknown map versions are counted', () => {
    const facts = [
      { rigId: 'r', calibrationId: 'c1' },
      { rigId: 'r', calibrationId: 'c2' },
      { rigId: 'q', calibrationId: 'c1' },
    ]
    const tracks = facts.map((fact, i) => ({ ...makeTrack({ logId: `${i}`, points: line(2, 0) }), ...fact }))
    const found = find('confined', tracks, byLog({ 0: 'train', 1: 'val', 2: 'test' }))
    expect(found).toMatchObject({ severity: 'note', headline: 'rig q only in test' })
    expect(found.named.shown.map(({ what }) => what)).toEqual(['rig q only in test', 'calibration c2 only in val'])
    expect(found.numbers).toEqual({
      ...{ rigs: 2, rigsConfined: 1, rigsUnknown: 0, calibrations: 2, calibrationsConfined: 1, calibrationsUnknown: 0 },
      ...{ mapVersions: null, mapVersionsConfined: null, mapVersionsUnknown: 3 },
    })
  })
})

describe('fitted on more than train', () => {
  const model = (logs: FittedModel['logs']): FittedModel => ({ name: 'train-latent 0123', logs })
  const upTo = (logId: string, last: number) => ({ logId, isFitted: (i: number) => i <= last })

  test('planted: a model that saw frames 0 and 1 of the test log', () => {
    const models = [model([upTo('0', 99), upTo('2', 1)])]
    const found = find('fittedStatistics', apart(), clean, { models })
    expect(found).toMatchObject({ severity: 'leak', numbers: { models: 1, measuredFrames: 2, framesOfNoPart: 0 } })
    expect(found.named.shown[1].frames).toEqual([{ logId: '2', frameIndex: 1, part: 'test' }])
  })

  test('a model of the training log alone is clean; one that does not say, or saw frames of no part, is noted', () => {
    expect(find('fittedStatistics', apart(), clean, { models: [model([upTo('0', 99)])] }).severity).toBe('none')
    expect(find('fittedStatistics', apart(), clean, { models: [model(null)] }).severity).toBe('unchecked')
    const withoutVal = byLog({ 0: 'train', 2: 'test' })
    const found = find('fittedStatistics', apart(), withoutVal, { models: [model([upTo('1', 4), upTo('x', 0)])] })
    expect(found).toMatchObject({ severity: 'note', numbers: { framesOfNoPart: 5, logsNotInDataset: 1 } })
  })
})

test(`of any assignment, distances and windows are those that counting by hand gives (seed ${seed})`, () => {
  const part = fc.constantFrom<(Part | null)[]>('train', 'val', 'test', null)
  const place = fc.integer({ min: 0, max: 60 })
  const frame = fc.record({ x: place, y: place, part })
  const log = fc.record({ siteId: fc.constantFrom('s1', 's2'), frames: fc.array(frame, { maxLength: 12 }) })
  const property = fc.property(fc.array(log, { minLength: 1, maxLength: 5 }), (logs) => {
    const tracks = logs.map(({ siteId, frames }, i) =>
      makeTrack({ logId: `${i}`, siteId, points: frames.map(({ x, y }) => [x, y]) }),
    )
    const config = { clip: 2, horizon: 1 }
    const input = auditInputOf(tracks, (logId, i) => logs[Number(logId)].frames[i].part, { config })
    const { numbers } = searches.trainDistance.find(input)
    const all = logs.flatMap(({ siteId, frames }) => frames.map((f) => ({ ...f, siteId })))
    const asking = all.filter((f) => f.part === 'val' || f.part === 'test')
    const nearest = asking.map((f) =>
      Math.min(
        ...all.filter((o) => o.part === 'train' && o.siteId === f.siteId).map((o) => Math.hypot(o.x - f.x, o.y - f.y)),
      ),
    )
    expect(numbers.frames).toBe(asking.length)
    if (asking.length > 0) {
      expect(numbers.underBuffer).toBe(nearest.filter((m) => m < 10).length)
      expect(numbers.allUnder50M).toBeCloseTo(nearest.filter((m) => m < 50).length / asking.length, 12)
    }
    const windows = logs.flatMap(({ frames }) => frames.slice(2).map((_, i) => frames.slice(i, i + 3)))
    const torn = windows.filter((w) => new Set(w.map((f) => f.part).filter((p) => p !== null)).size > 1)
    expect(searches.straddlingWindows.find(input).numbers.torn).toBe(torn.length)
    // Whatever order the logs come in, the findings are the same.
    const turned = auditInputOf([...tracks].reverse(), (logId, i) => logs[Number(logId)].frames[i].part, { config })
    for (const search of Object.values(searches)) expect(search.find(turned)).toEqual(search.find(input))
  })
  fc.assert(property, { seed, numRuns: 200 })
})

test('the page names every finding and every default', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../docs/splitAudit.md'), 'utf8')
  const rows = [...page.matchAll(/^\| `(\w+)` /gm)].map(([, kind]) => kind)
  expect(rows).toEqual(Object.keys(searches))
  const { alike, bufferM, neighbourS, clip, horizon } = auditSplitDefaults
  for (const word of [`**${alike}**`, `**${bufferM} m**`, `**${neighbourS} s**`, `**${clip} + ${horizon} frames**`])
    expect(page).toContain(word)
})

test('the frames that a finding names are in the parts it says', () => {
  const tracks = apart()
  const input = auditInputOf(tracks, (_, i) => (['train', 'val', 'test'] as const)[i % 3], {
    config: { clip: 1, horizon: 1 },
  })
  const found = Object.values(searches).flatMap((search) => search.find(input).named.shown)
  expect(found.length).toBeGreaterThan(20)
  for (const { frames } of found)
    for (const { logId, frameIndex, part } of frames) {
      const track = input.tracks.find((one: AuditedTrack) => one.logId === logId)!
      expect(['train', 'val', 'test'][track.partOfRow[track.frameIndex.indexOf(frameIndex)]]).toBe(part)
    }
})

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Dataset, openDataset } from '../../../pipeline/dataset.js'
import { DataError } from '../../../pipeline/errors.js'
import { type Check, effects, type Finding } from '../../../pipeline/ingest/checks/check.js'
import { type CheckName, checks } from '../../../pipeline/ingest/checks/checks.js'
import { ingestDefaults } from '../../../pipeline/ingest/config.js'
import { findingsIn, ingest } from '../../../pipeline/ingest/ingest.js'
import { poseFromYaw, quaternionFromEuler, type Vec3 } from '../../../pipeline/pose.js'
import { simulateDefaults } from '../../../pipeline/simulate/config.js'
import { simulate } from '../../../pipeline/simulate/simulate.js'
import { realData, realDataMissing } from '../../support/occlab.js'
import { tempFolder } from '../../support/tempFolder.js'
import { datasetOf } from './datasetOf.js'
import { copiesOf, type Sample } from './samples/sample.js'
import { samples } from './samples/samples.js'
import { type SmallBox, type SmallLog, startNs, straightPoses, wholeLog, writeSmallLog } from './smallLog.js'

const named = (logId: string, some: Partial<SmallLog> = {}): SmallLog => {
  const log = wholeLog(some)
  return { ...log, log: { ...log.log, log_id: logId } }
}
const poseFile = 'city_SE3_egovehicle.feather'
const calibrationFile = 'calibration/egovehicle_SE3_sensor.feather'
const sweepFile = (timeS: number) => `sensors/lidar/${startNs + BigInt(timeS * 1e9)}.feather`

type Poses = ReturnType<typeof straightPoses>
/** Thirty seconds: one row in 301 is under one per cent. */
const longDrive = (): Poses => straightPoses(30)
const withX = (poses: Poses, stray: (row: number) => number): Poses =>
  poses.map(({ timeS, pose: { q, t } }, row) => ({ timeS, pose: { q, t: [t[0] + stray(row), t[1], t[2]] } }))
const times = [0, 0.5, 1, 1.5]
const sweepsAt = (...timesS: number[]) =>
  timesS.map((timeS) => ({ timeS, pointsM: [[8.5, 0.3, 1]] as [number, number, number][] }))
/** At 2 Hz, with a box at each time, of which these are cut short. */
const twelveSweeps = (...cutS: number[]): Partial<SmallLog> => {
  const timesS = Array.from({ length: 12 }, (_, i) => i / 2)
  const sweeps = sweepsAt(...timesS).map((sweep) => ({ ...sweep, isCut: cutS.includes(sweep.timeS) }))
  return { sweeps, poses: straightPoses(6), boxes: timesS.map((timeS) => ({ ...wholeLog().boxes![0], timeS })) }
}
/** A bend of radius 20 m at 10 m/s: half a radian a second, which is 28.6 degrees. */
const bend = (yawOf: (yawRad: number) => number): Poses =>
  Array.from({ length: 41 }, (_, i) => {
    const yawRad = (0.5 * i) / 20
    const t: Vec3 = [20 * Math.sin(yawRad), 20 * (1 - Math.cos(yawRad)), 0]
    return { timeS: i / 20, pose: poseFromYaw(yawOf(yawRad), t) }
  })
const zeros: [number, number, number][] = [
  [0, 0, 0],
  [0, 0, 0],
]

/** What is wrong with a log, and all that is to be found in it. */
interface Fault {
  log: Partial<SmallLog>
  found: Partial<Finding>[]
}

const planted: Record<CheckName, Record<string, Fault>> = {
  extrinsics: {
    'a quaternion of norm 1.12': {
      log: { sensors: [{ name: 'lidar', atM: [0, 0, 2], q: [1, 0, 0, 0.5] }] },
      found: [{ file: calibrationFile, place: 'row 0, sensor lidar', actual: 'norm 1.118033988749895', effect: 'log' }],
    },
    'a mounting in millimetres': {
      log: { sensors: [{ name: 'lidar', atM: [0, 0, 1900] }] },
      found: [{ place: 'sensor lidar', actual: '[0, 0, 1900] m', effect: 'log' }],
    },
    'two mountings under one name': {
      log: {
        sensors: [
          { name: 'lidar', atM: [0, 0, 2] },
          { name: 'camera', atM: [1, 0, 2] },
          { name: 'camera', atM: [2, 0, 2] },
        ],
      },
      found: [{ place: 'sensor camera', expected: 'one mounting a name', effect: 'log' }],
    },
  },
  clock: {
    'one stamp twice in 302': {
      log: { poses: [...longDrive().slice(0, 151), ...longDrive().slice(150)] },
      found: [{ file: poseFile, place: 'row 151', count: 1, effect: 'rows' }],
    },
    'set back by half a second': {
      log: { poses: straightPoses(2).map(({ timeS, pose }, i) => ({ timeS: i < 10 ? timeS : timeS - 0.5, pose })) },
      found: [{ file: poseFile, place: 'row 10', count: 5, effect: 'log' }],
    },
  },
  poseRows: {
    'one NaN in 301': {
      log: { poses: withX(longDrive(), (row) => (row === 7 ? Number.NaN : 0)) },
      found: [{ file: poseFile, place: 'row 7', count: 1, effect: 'rows' }],
    },
    'four of 301': {
      log: { poses: withX(longDrive(), (row) => (row < 4 ? Number.NaN : 0)) },
      found: [{ file: poseFile, place: 'row 0', actual: 'not a pose; 4 of 301 rows', effect: 'log' }],
    },
  },
  timeUnits: {
    'poses in microseconds': {
      log: { poses: straightPoses(2).map(({ timeS, pose }) => ({ timeS: timeS / 1e3, pose })) },
      found: [{ file: poseFile, actual: '0.1 ms: likely microseconds read as nanoseconds', count: 21, effect: 'log' }],
    },
    'sweeps in microseconds since 1970': {
      log: { sweeps: sweepsAt(...times.map((timeS) => (1.7e9 + timeS) / 1e3 - 1.7e9)) },
      found: [
        {
          file: 'sweeps',
          actual: expect.stringContaining('likely microseconds read as nanoseconds'),
          count: 4,
          effect: 'log',
        },
      ],
    },
    'two keyframes a second in microseconds, poses with them': {
      log: {
        boxes: null,
        sweeps: sweepsAt(...times.map((timeS) => timeS / 1e3)),
        poses: straightPoses(5)
          .filter((_, row) => row % 5 === 0)
          .map(({ timeS, pose: { q } }) => ({ timeS: timeS / 1e3, pose: { q, t: [timeS / 1e2, 0, 0] } })),
      },
      found: [
        {
          file: 'sweeps',
          place: 'timestamps',
          actual: '0.5 ms: likely microseconds read as nanoseconds',
          effect: 'log',
        },
      ],
    },
    'annotations an hour late': {
      log: { boxes: wholeLog().boxes!.map((box) => ({ ...box, timeS: box.timeS + 3600 })) },
      found: [{ file: 'annotations', actual: expect.stringContaining('likely another clock'), effect: 'log' }],
    },
  },
  angles: {
    'a heading in degrees': {
      log: { poses: bend((yawRad) => (yawRad * 180) / Math.PI) },
      found: [{ file: poseFile, place: 'row 1', expected: 'turns of at most 4 rad/s', count: 40, effect: 'log' }],
    },
    'a slope of two degrees in degrees': {
      log: {
        poses: straightPoses(2).map(({ timeS, pose: { t } }) => ({
          timeS,
          pose: { q: quaternionFromEuler(0, 2, 0), t },
        })),
      },
      found: [{ file: poseFile, place: 'row 0', expected: 'poses that lean by at most 45°', count: 21, effect: 'log' }],
    },
    'an x axis to the left': {
      log: {
        poses: straightPoses(2, 10).map(({ timeS, pose: { t } }) => ({ timeS, pose: poseFromYaw(Math.PI / 2, t) })),
      },
      found: [{ file: poseFile, expected: 'travel within 30° of the heading', count: 10, effect: 'log' }],
    },
  },
  gaps: {
    'no sweep for a second and a half': {
      log: { boxes: null, sweeps: sweepsAt(0, 0.5, 2) },
      found: [
        {
          file: 'frames',
          place: `timestamp_ns ${startNs + 2_000_000_000n}`,
          actual: '1.50 s without one',
          effect: 'cut',
        },
      ],
    },
    'no pose for 1.3 s, where no frame is': {
      log: {
        boxes: null,
        sweeps: sweepsAt(0, 0.5, 2),
        poses: straightPoses(2.2).filter(({ timeS }) => timeS < 0.65 || timeS > 1.85),
      },
      found: [
        { file: 'frames', effect: 'cut' },
        { file: poseFile, place: 'row 7', actual: '1.30 s without one', count: 1, effect: 'cut' },
      ],
    },
    'no pose for 1.3 s, where two frames are': {
      log: { poses: straightPoses(2).filter(({ timeS }) => timeS < 0.35 || timeS > 1.55) },
      found: [
        { file: poseFile, place: 'row 4', actual: '1.30 s without one', effect: 'cut' },
        {
          file: poseFile,
          place: `timestamp_ns ${startNs + 500_000_000n}`,
          actual: 'poses 1.30 s apart',
          count: 3,
          effect: 'frames',
        },
      ],
    },
    'poses that end 0.3 s before the last frame': {
      log: { poses: straightPoses(1.2) },
      found: [
        {
          file: poseFile,
          place: `timestamp_ns ${startNs + 1_500_000_000n}`,
          actual: 'the nearest pose 0.30 s away',
          count: 1,
          effect: 'frames',
        },
      ],
    },
  },
  poseJumps: {
    'three metres ahead at once': {
      log: { poses: withX(straightPoses(2), (row) => (row >= 9 ? 3 : 0)) },
      found: [{ file: poseFile, place: 'row 9', count: 1, effect: 'cut' }],
    },
    'a metre-wide wobble': {
      log: { poses: withX(straightPoses(2), (row) => (row % 4 < 2 ? 3 : 0)) },
      found: [{ file: poseFile, effect: 'log' }],
    },
  },
  stillPoses: {
    'twenty-one of one place': {
      log: { poses: straightPoses(2).map(({ timeS, pose }) => ({ timeS, pose: { ...pose, t: [7, 8, 0] } })) },
      found: [
        {
          file: poseFile,
          place: 'row 0',
          actual: '21 poses at [7, 8, 0] m over 2.0 s',
          count: 21,
          effect: 'noted',
        },
      ],
    },
  },
  trackIds: {
    'a car and a person with one id at two of three times': {
      log: {
        boxes: [0, 0.5, 1].flatMap((timeS) => {
          const car: SmallBox = { timeS, track: '1', category: 'REGULAR_VEHICLE', sizeM: [4, 2, 2], atM: [10, 0, 1] }
          const person: SmallBox = { ...car, category: 'PEDESTRIAN', sizeM: [0.6, 0.6, 1.8], atM: [8, 6, 1] }
          return timeS > 0 ? [car, person] : [car]
        }),
      },
      found: [
        {
          file: 'annotations.feather',
          place: `timestamp_ns ${startNs + 500_000_000n}`,
          actual: "several of '1'",
          count: 2,
          effect: 'noted',
        },
      ],
    },
  },
  unreadable: {
    'one sweep of twelve cut short': {
      log: twelveSweeps(2.5),
      found: [{ file: sweepFile(2.5), count: 1, effect: 'frames' }],
    },
  },
  silentSensors: {
    'a sweep of zeros': {
      log: { sweeps: [{ timeS: 0, pointsM: zeros }, ...sweepsAt(0.5, 1, 1.5)] },
      found: [{ file: sweepFile(0), place: 'sensor lidar', actual: 'nothing but zeros', count: 1, effect: 'points' }],
    },
    'two sweeps of zeros seen from the LiDAR': {
      log: {
        sweeps: [...sweepsAt(0, 0.5), { timeS: 1, pointsM: [[0, 0, 2]] }, { timeS: 1.5, pointsM: [[0, 0.001, 2]] }],
      },
      found: [{ file: sweepFile(1), place: 'sensor lidar', count: 2, effect: 'points' }],
    },
    'two sweeps of four without a point': {
      log: { sweeps: times.map((timeS, i) => ({ timeS, pointsM: i % 2 ? [] : [[8.5, 0.3, 1]] })) },
      found: [{ file: sweepFile(0.5), place: 'the whole sweep', actual: 'not one', count: 2, effect: 'noted' }],
    },
    'one LiDAR of two without a point': {
      log: { sensors: ['up_lidar', 'down_lidar'].map((name) => ({ name, atM: [0, 0, 2] })) },
      found: [{ place: 'sensor down_lidar', actual: 'none in 4 sweeps', count: 4, effect: 'noted' }],
    },
    'not a point in the whole log': {
      log: { sweeps: times.map((timeS) => ({ timeS, pointsM: [] })) },
      found: [{ place: 'sensor lidar', actual: 'none in 4 sweeps', effect: 'log' }],
    },
  },
  belowGrid: {
    'a road 3 m below the ego, on a grid that reaches 2 m down': {
      log: { sweeps: times.map((timeS, i) => ({ timeS, pointsM: [[8.5, 0.3, i < 2 ? -3 : 1]] })) },
      found: [
        {
          file: sweepFile(0),
          place: 'grid compact, floor at z = -2 m',
          actual: '50 % of the points over its area below that',
          count: 4,
          effect: 'noted',
        },
      ],
    },
  },
}

async function ingestPair(bad: Partial<SmallLog>): Promise<Dataset> {
  const parent = tempFolder()
  writeSmallLog(join(parent, 'bad'), named('bad', bad))
  writeSmallLog(join(parent, 'good'), named('good', { poses: straightPoses(2, 3) }))
  return datasetOf([parent])
}

test('a good log has no findings', async () => {
  const dataset = await datasetOf([writeSmallLog(join(tempFolder(), 'good'), named('good'))])
  expect(dataset.manifest.details.findings).toEqual([])
})

for (const [check, faults] of Object.entries(planted))
  describe(`check ${check}`, () => {
    test.each(Object.entries(faults))('%s: found, named with its place, and treated by the rule', async (_, fault) => {
      const { manifest, logs } = await ingestPair(fault.log)
      expect(manifest.details.findings).toMatchObject(fault.found.map((found) => ({ log: 'bad', check, ...found })))
      const isOut = fault.found.some(({ effect }) => effect === 'log')
      expect(logs.map(({ logId }) => logId)).toEqual(isOut ? ['good'] : ['bad', 'good'])
      expect((manifest.details.badLogs as { log: string }[]).map(({ log }) => log)).toEqual(isOut ? ['bad'] : [])
      // Nothing of the machine, and the same again.
      expect(JSON.stringify(manifest.details)).not.toContain('occlab-test-')
      expect((await ingestPair(fault.log)).manifest.details).toEqual(manifest.details)
    })

    test('ends a strict run', async () => {
      const dir = writeSmallLog(join(tempFolder(), 'bad'), named('bad', Object.values(faults)[0].log))
      const out = join(tempFolder(), 'dataset')
      const strict = ingest({ logs: [dir], out, config: ingestDefaults, strict: true, warn: () => undefined })
      await expect(strict).rejects.toThrow(DataError)
      await expect(strict).rejects.toThrow(check)
      expect(existsSync(out)).toBe(false)
    })
  })

test('a strict run does not accept what an earlier run finished with a finding', async () => {
  const dir = writeSmallLog(join(tempFolder(), 'a'), named('a', planted.poseJumps['three metres ahead at once'].log))
  const out = join(tempFolder(), 'dataset')
  const warnings: string[] = []
  const config = ingestDefaults
  await ingest({ logs: [dir], out, config, warn: (message) => warnings.push(message) })
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain(`a/${poseFile}, row 9: poseJumps: expected`)
  expect(warnings[0]).toContain(effects.cut)
  const strict = ingest({ logs: [dir], out, config, strict: true })
  await expect(strict).rejects.toThrow('the dataset was written from a log with a finding')
})

test('a dataset from before there were checks has no findings', async () => {
  const dataset = await datasetOf([writeSmallLog(join(tempFolder(), 'a'), named('a'))])
  const { findings, ...older } = dataset.manifest.details
  expect(findings).toEqual([])
  expect(findingsIn({ ...dataset.manifest, details: older })).toEqual([])
})

test('over a jump the ego motion is null and no sweep is carried; before and after it they are', async () => {
  const dataset = await datasetOf([
    writeSmallLog(join(tempFolder(), 'a'), named('a', planted.poseJumps['three metres ahead at once'].log)),
  ])
  const motions: (number | null)[] = []
  const sweeps: number[] = []
  for await (const frame of dataset.frames('a')) {
    motions.push(frame.egoMotion?.dxM ?? null)
    sweeps.push(frame.sweeps)
  }
  // Frames at 0, 0.5, 1 and 1.5 s; the jump is between 0.8 and 0.9 s.
  expect(motions).toEqual([null, expect.closeTo(1, 9), null, expect.closeTo(1, 9)])
  // Without the jump sweeps of the last second would feed them: 1, 2, 3 and 3.
  expect(sweeps).toEqual([1, 2, 1, 2])
})

test('frames that fall into a gap of the poses are left out and counted; none of their sweeps feeds another', async () => {
  const times = [0, 0.5, 1, 1.5, 2, 2.5, 3]
  const [{ boxes }] = [wholeLog()]
  const log = named('a', {
    sweeps: sweepsAt(...times),
    boxes: times.map((timeS) => ({ ...boxes![0], timeS })),
    // None between 0.6 and 1.9 s: the frames at 1 and 1.5 s have no pose.
    poses: straightPoses(3).filter(({ timeS }) => timeS < 0.65 || timeS > 1.85),
  })
  const dataset = await datasetOf([writeSmallLog(join(tempFolder(), 'a'), log)])
  const seen: [number, number, number | null, number][] = []
  for await (const frame of dataset.frames('a'))
    seen.push([frame.frameIndex, Number(frame.timestampNs - startNs) / 1e9, frame.egoMotion?.dxM ?? null, frame.sweeps])
  expect(seen).toEqual([
    [0, 0, null, 1],
    [1, 0.5, expect.closeTo(1, 9), 2],
    [2, 2, null, 1],
    [3, 2.5, expect.closeTo(1, 9), 2],
    [4, 3, expect.closeTo(1, 9), 3],
  ])
  expect(dataset.logs[0].frames).toBe(5)
  expect(dataset.manifest.details.frames).toBe(5)
  expect(dataset.manifest.skipped).toEqual([
    {
      what: 'frame',
      why: 'no pose of its time, or of what it is made of',
      where: `a/${poseFile}, timestamp_ns ${startNs + 1_000_000_000n}`,
      count: 2,
    },
  ])
})

test('a gap of the poses between two frames that have one: their motion is null', async () => {
  const poses = straightPoses(4).filter(({ timeS }) => timeS < 0.25 || timeS > 1.75)
  const log = named('a', { poses, boxes: null, sweeps: sweepsAt(0, 2, 4) })
  const dataset = await datasetOf([writeSmallLog(join(tempFolder(), 'a'), log)], { frameRateHz: 0.5 })
  const motions: (number | null)[] = []
  for await (const frame of dataset.frames('a')) motions.push(frame.egoMotion?.dxM ?? null)
  expect(motions).toEqual([null, null, expect.closeTo(4, 9)])
})

test('without a sweep that is cut short there is no frame of its time, and the frames after it have one sweep less', async () => {
  const dataset = await datasetOf([writeSmallLog(join(tempFolder(), 'a'), named('a', twelveSweeps(2.5)))])
  const seen: [number, number][] = []
  for await (const frame of dataset.frames('a')) seen.push([Number(frame.timestampNs - startNs) / 1e9, frame.sweeps])
  expect(seen).toEqual([
    ...[
      [0, 1],
      [0.5, 2],
      [1, 3],
      [1.5, 3],
      [2, 3],
    ],
    // Of the three sweeps of each, that of 2.5 s is missing.
    ...[
      [3, 2],
      [3.5, 2],
      [4, 3],
      [4.5, 3],
      [5, 3],
      [5.5, 3],
    ],
  ])
  expect(dataset.logs[0].frames).toBe(11)
  expect(dataset.manifest.skipped).toEqual([
    { what: 'frame', why: 'what it is made of cannot be read', where: `a/${sweepFile(2.5)}`, count: 1 },
  ])
})

test('of two sweeps in twelve the log is left out, with the words of the first', async () => {
  const { manifest } = await ingestPair(twelveSweeps(2, 2.5))
  expect(manifest.details.badLogs).toMatchObject([{ log: 'bad', why: expect.stringContaining(sweepFile(2)) }])
})

test('the points of an all-zero sweep mark nothing', async () => {
  const dataset = await datasetOf([
    writeSmallLog(join(tempFolder(), 'a'), named('a', planted.silentSensors['a sweep of zeros'].log)),
  ])
  const { lidarPoints, observed } = await dataset.frame(0)
  expect(lidarPoints).toBe(0)
  expect(observed.every((byte) => byte === 0)).toBe(true)
})

test('what the source says of a log stands in logs.arrow', async () => {
  const words = { map_version: 'm1', weather: 'rain', time_of_day: 'night', route_id: 'r7', license: 'CC0-1.0' }
  const log = { ...wholeLog().log, ...words }
  const dataset = await datasetOf([writeSmallLog(join(tempFolder(), 'a'), wholeLog({ log }))])
  const [{ calibrationId, sourceHash, ...info }] = (await openDataset(dataset.dir)).logs
  expect(info).toMatchObject({ rigId: 'rig', mapVersion: 'm1', weather: 'rain', timeOfDay: 'night', routeId: 'r7' })
  expect(info).toMatchObject({ date: '2024-05-06', license: 'CC0-1.0', vocabulary: 'argoverse2' })
  expect(sourceHash).toMatch(/^[0-9a-f]{64}$/)
  expect((await dataset.calibrations()).map((sensor) => sensor.calibrationId)).toEqual([calibrationId])
})

describe.skipIf(realDataMissing)(`real logs${realDataMissing ? ` (skipped: ${realDataMissing})` : ''}`, () => {
  test('no false alarm; the two drives whose last poses go back are found', async () => {
    const { manifest } = await datasetOf([join(realData, 'argoverse2'), join(realData, 'boxlogs')])
    const findings = manifest.details.findings as (Finding & { log: string })[]
    expect(findings.map(({ log, check, place, count, effect }) => [log, check, place, count, effect])).toEqual([
      ['nuscenes-scene-0655', 'poseJumps', 'row 197', 1, 'cut'],
      ['nuscenes-scene-1077', 'poseJumps', 'row 199', 1, 'cut'],
    ])
  })

  test.each(['nuscenes', 'semantickitti'])('%s: no false alarm', async (folder) => {
    const { manifest } = await datasetOf([join(realData, folder)], { rig: 'rig', site: 'site', route: 'route' })
    expect(manifest.details.findings).toEqual([])
  })

  test('two real sweeps: both LiDARs measure', async () => {
    const log = join(realData, 'argoverse2', '7fab2350-7eaf-3b7e-a39d-6937a4c1bede')
    const { manifest } = await datasetOf([log], { occupancy: 'lidar', frameRateHz: 10 })
    expect(manifest.details.findings).toEqual([])
  })
})

test('simulated logs of every rig: no false alarm', async () => {
  const logs = join(tempFolder(), 'logs')
  const config = { ...simulateDefaults, logs: 3, rigs: ['sedan64', 'shuttle32', 'tug16'], durationS: 8, sweepRateHz: 2 }
  await simulate({ out: logs, config, seed: 5 })
  const { manifest } = await datasetOf([logs])
  expect(manifest.details).toMatchObject({ logs: 3, findings: [] })
})

for (const [format, sample] of Object.entries<Sample>(samples))
  describe.skipIf(sample.missing)(`a good log of ${format}${sample.missing}`, () => {
    const copy = copiesOf(sample)
    test('no false alarm', async () => {
      const { manifest } = await datasetOf([await copy()], sample.config)
      expect(manifest.details.findings).toEqual([])
    })
  })

test('docs/checks.md says of every check what the registry says, in its order', () => {
  const page = readFileSync(new URL('../../../docs/checks.md', import.meta.url), 'utf8')
  const sections = page.split(/^## /m).slice(1)
  const told = sections.filter((section) => section.startsWith('`')).map((section) => section.trim())
  const wanted = Object.entries<Check>(checks).map(
    ([name, { finds, rule, reason }]) => `\`${name}\`: ${finds}\n\n${rule}\n\nWhy: ${reason}`,
  )
  expect(told).toEqual(wanted)
  for (const [effect, words] of Object.entries(effects)) expect(page).toContain(`- \`${effect}\`: ${words}`)
})

test('every check has a rule, a reason and a planted fault', () => {
  expect(Object.keys(planted)).toEqual(Object.keys(checks))
  for (const { finds, rule, reason, look, watch } of Object.values<Check>(checks)) {
    expect(look ?? watch).toBeDefined()
    for (const words of [finds, rule, reason]) expect(words.length).toBeGreaterThan(10)
  }
})

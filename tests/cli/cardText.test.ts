import { expect, test } from 'vitest'
import { cardText } from '../../cli/cardText.js'
import type { DatasetCard } from '../../pipeline/card/datasetCard.js'

const one = (name: string | null, logs = 2) => [{ name, logs, frames: 50 * logs }]
const aClass = { colour: '#000000', rare: false, frames: 0, logs: 0 }

const card: DatasetCard = {
  hash: 'h',
  version: '0.1.0',
  frames: 1200,
  logs: 2,
  durationS: 599,
  distanceM: 4321,
  frameRateHz: { asked: 2, measured: 2.0033 },
  gaps: 1,
  grid: { name: 'compact', dims: [64, 64, 8], voxelM: 0.8 },
  taxonomy: 'fleet',
  observedShare: { all: 0.5, least: 0.4, most: 0.6 },
  freeShare: 0.9,
  tags: {
    rig: [...one('van', 1), ...one('bus', 1)],
    site: one('s'),
    route: Array.from({ length: 8 }, (_, i) => one(`r${i}`, 1)[0]),
    map: one(null),
    weather: [...one('rain', 1), ...one(null, 1)],
    timeOfDay: one('night'),
    licence: one('CC0-1.0'),
    format: one('argoverse2'),
    occupancy: one('lidar'),
    vocabulary: one('argoverse2'),
  },
  dates: { first: '2024-01-02', last: '2024-02-03', days: 5 },
  undatedLogs: 0,
  classes: [
    { ...aClass, name: 'road', voxels: 8000, share: 0.8, frames: 1200, logs: 2 },
    { ...aClass, name: 'car', voxels: 1999, share: 0.1999, frames: 900, logs: 2 },
    { ...aClass, name: 'child', rare: true, voxels: 1, share: 0.0001, frames: 1, logs: 1 },
    { ...aClass, name: 'animal', rare: true, voxels: 0, share: 0 },
  ],
  bytes: 12_000_000,
  findings: [
    {
      log: 'b',
      check: 'poseJumps',
      file: 'poses.feather',
      place: 'row 9',
      expected: 'no jump',
      actual: '3 m in 0.1 s',
      count: 1,
      effect: 'cut',
    },
  ],
  skipped: [
    { what: 'box', why: 'no volume', where: 'a/boxes, row 3', count: 1200 },
    { what: 'log', why: 'truncated', where: 'c', count: 1 },
  ],
  badLogs: [{ log: 'c', why: 'truncated' }],
  perLog: [
    { logId: 'a', rigId: 'van', siteId: 's', frames: 600, durationS: 299, distanceM: 1, gaps: 0, observedShare: 0.4 },
    { logId: 'b', rigId: 'bus', siteId: 's', frames: 600, durationS: 300, distanceM: 1, gaps: 1, observedShare: 0.6 },
  ],
}

test('a card reads as its numbers say', () => {
  const road = '█'.repeat(30)
  // A quarter of the longest bar: seven blocks and a half.
  const car = `${'█'.repeat(7)}▌`
  expect(cardText(card)).toEqual([
    '1,200 frames · 2 logs · 10.0 min · 4.3 km · 2 Hz (measured 2.00)',
    '',
    '  rigs         van 1 · bus 1',
    '  sites        s 2',
    '  routes       r0 1 · r1 1 · r2 1 · r3 1 · r4 1 · r5 1 · and 2 more',
    '  dates        2024-01-02 to 2024-02-03, 5 days',
    '  weather      rain 1 · not stated 1',
    '  time of day  night 2',
    '  maps         not stated',
    '  licences     CC0-1.0 2',
    '  formats      argoverse2 2',
    '  occupancy    from lidar 2',
    '  grid         compact: 64 × 64 × 8 voxels of 0.8 m; classes of fleet',
    '  observed     50.0 % of the voxels (logs: 40.0 % to 60.0 %); of them 90.0 % free',
    '  gaps         1 in 1 log: no motion across them',
    '  size         12.0 MB, 10.0 kB a frame',
    '',
    'classes, share of the occupied voxels (★ rare)            voxels   frames  logs',
    `    road   ${road}   80.0 %         8,000    1,200     2`,
    `    car    ${car.padEnd(30)}   20.0 %         1,999      900     2`,
    `  ★ child  ${'▏'.padEnd(30)}   0.01 %             1        1     1`,
    '  absent: ★ animal',
    '',
    'warnings',
    '  ! left out: c: truncated',
    '  ! poseJumps: 1 in 1 log, no ego motion goes across it (first: b/poses.feather, row 9: 3 m in 0.1 s)',
    '  ! skipped 1,200 boxes: no volume (first: a/boxes, row 3)',
  ])
})

test('nothing wrong is said too', () => {
  expect(cardText({ ...card, findings: [], skipped: [], badLogs: [] }).at(-1)).toBe('no warnings')
})

test('a dataset of one frame has no rate, and one without things no bars', () => {
  const classes = card.classes.map((c) => ({ ...c, voxels: 0, share: null, frames: 0, logs: 0 }))
  const rate = { asked: 2, measured: null }
  const text = cardText({ ...card, frames: 1, logs: 1, durationS: 0, distanceM: 0, frameRateHz: rate, classes })
  expect(text[0]).toBe('1 frame · 1 log · 0.0 s · 0 m · 2 Hz asked for')
  expect(text).toContain('classes: nothing but free space')
})

import { describe, expect, test } from 'vitest'
import { framesOf } from '../datasetOf.js'
import { type SmallBox, straightPoses, wholeLog } from '../smallLog.js'

const car = (timeS: number, xM: number, track = 'a'): SmallBox => {
  return { timeS, track, category: 'REGULAR_VEHICLE', sizeM: [4, 2, 2], atM: [xM, 0, 1] }
}

describe('one sweep', () => {
  const log = wholeLog({
    boxes: [car(0, 10)],
    sweeps: [
      {
        timeS: 0,
        pointsM: [
          [8.5, 0.3, 1], // on the car
          [5.3, 0.5, 0.2], // on the road, within 0.3 m of its height
          [5.3, 2.5, 0.9], // above the road
          [0.2, 8.2, 0.1], // at ground height, off the road
          [-60, 0.2, 1.8], // beyond the grid
        ],
      },
    ],
  })

  test('a point takes the class of its box, of the drivable ground, or others', async () => {
    const seen = await framesOf(log)
    expect(seen.frames).toHaveLength(1)
    expect(seen.at(0, 8.5, 0.3, 1)).toBe('car')
    expect(seen.at(0, 5.3, 0.5, 0.2)).toBe('drivable')
    expect(seen.at(0, 5.3, 2.5, 0.9)).toBe('others')
    expect(seen.at(0, 0.2, 8.2, 0.1)).toBe('others')
  })

  test('rays from the sensor make free space; behind what they hit nothing is known', async () => {
    const seen = await framesOf(log)
    // From (0, 0, 2) to the car: at x = 4 the ray is at y = 0.14, z = 1.53.
    expect(seen.at(0, 4, 0.14, 1.53)).toBe('free')
    expect(seen.at(0, 11, 0.3, 1)).toBe('unknown')
    expect(seen.at(0, 0, 12, 0.1)).toBe('unknown')
    // The ray to the point beyond the grid is followed to its border.
    expect(seen.at(0, -25, 0.1, 1.9)).toBe('free')
  })

  test('a ray that passes low over the map’s ground sees it, unless hardly any of the voxel is below ground', async () => {
    // From z = 2 at x = 0 to z = 0.2 at x = 12.5: under 0.4 m, in the ground's layer, from x = 11.1 on.
    const low = [
      {
        timeS: 0,
        pointsM: [
          [12.5, 0.5, 0.2],
          [12.5, 8.3, 0.2],
        ] as [number, number, number][],
      },
    ]
    const seen = await framesOf(wholeLog({ boxes: [], sweeps: low }))
    expect(seen.at(0, 11.6, 0.46, 0.3)).toBe('drivable')
    expect(seen.at(0, 11.6, 7.7, 0.3)).toBe('free')
    expect(seen.at(0, 10.8, 0.43, 0.5)).toBe('free')
    expect(seen.at(0, 14, 0.5, 0.1)).toBe('unknown')
    // The layer's voxels reach from −0.4 to 0.4 m: 0.1 m of ground is less than a quarter.
    const sunken = wholeLog().drivable!.map((ring) => ring.map(([x, y]): [number, number, number] => [x, y, -0.3]))
    const deep = await framesOf(wholeLog({ boxes: [], sweeps: low, drivable: sunken }))
    expect(deep.at(0, 11.6, 0.46, 0.3)).toBe('free')
  })

  test('counts its points and names its file and hash', async () => {
    const { frames } = await framesOf(log)
    expect(frames[0].lidarPoints).toBe(5)
    expect(frames[0].sweeps).toBe(1)
    expect(frames[0].source).toMatch(/^sensors\/lidar\/1700000000000000000\.feather sha256:[0-9a-f]{64}$/)
  })

  test('a voxel with a point is occupied, however many rays pass through it', async () => {
    const through = Array.from({ length: 50 }, (): [number, number, number] => [12, 6, 2])
    const seen = await framesOf(wholeLog({ boxes: [], sweeps: [{ timeS: 0, pointsM: [...through, [6, 3, 2]] }] }))
    expect(seen.at(0, 6, 3, 2)).toBe('others')
    expect(seen.at(0, 9, 4.5, 2)).toBe('free')
  })
})

describe('aggregation', () => {
  // The ego drives 1 m between frames; the car drives from city x = 10 to 16, which is 15 in the second frame.
  const boxes = [car(0, 10), car(0.5, 15)]
  const sweeps = [
    {
      timeS: 0,
      pointsM: [
        [8.5, 0.3, 1],
        [5.1, 5.1, 1],
      ] as [number, number, number][],
    },
    { timeS: 0.5, pointsM: [[0.3, -9.1, 1]] as [number, number, number][] },
  ]

  test('what stands still moves with the ego, what moves with its track', async () => {
    const seen = await framesOf(wholeLog({ boxes, sweeps }), { sweeps: 2 })
    expect(seen.frames.map(({ sweeps: fed }) => fed)).toEqual([1, 2])
    expect(seen.frames.map(({ lidarPoints }) => lidarPoints)).toEqual([2, 3])
    expect(seen.at(1, 4.1, 5.1, 1)).toBe('others')
    expect(seen.at(1, 13.5, 0.3, 1)).toBe('car')
    // Where the car's point would be had it stood still.
    expect(seen.at(1, 7.5, 0.3, 1)).not.toBe('car')
    expect(seen.count(1, 'car')).toBe(1)
  })

  test('with one sweep a frame nothing of the past remains', async () => {
    const seen = await framesOf(wholeLog({ boxes, sweeps }), { sweeps: 1 })
    expect(seen.count(1, 'car')).toBe(0)
    expect(seen.at(1, 4.1, 5.1, 1)).toBe('unknown')
  })

  test('points of a track without a box at the frame are dropped and counted', async () => {
    const seen = await framesOf(wholeLog({ boxes: [car(0, 10), car(0.5, 15, 'another')], sweeps }), { sweeps: 2 })
    expect(seen.count(1, 'car')).toBe(0)
    expect(seen.dataset.manifest.skipped).toEqual([
      {
        what: 'point',
        why: 'of an earlier sweep, in a box that is gone by the frame',
        where: 'small/sensors/lidar/1700000000000000000.feather',
        count: 1,
      },
    ])
  })

  test('two cars with one id are not taken for one another: their earlier points are dropped, those of now stay', async () => {
    const both = (timeS: number) => [car(timeS, 10), { ...car(timeS, 10), atM: [10, 8, 1] as [number, number, number] }]
    const onBoth: [number, number, number][] = [
      [8.7, 0.3, 1],
      [8.7, 8.3, 1],
    ]
    const seen = await framesOf(
      wholeLog({
        boxes: [...both(0), ...both(0.5)],
        sweeps: [
          { timeS: 0, pointsM: onBoth },
          { timeS: 0.5, pointsM: onBoth.slice(0, 1) },
        ],
      }),
      { sweeps: 2 },
    )
    expect([0, 1].map((frame) => seen.count(frame, 'car'))).toEqual([2, 1])
    expect(seen.at(1, 8.7, 0.3, 1)).toBe('car')
  })

  test('what an earlier ray found empty is unknown where a box stands now', async () => {
    // From z = 2 down to 1.2 at x = 20.5; 15.5 m out, which is x = 14.5 of the second frame, it is at z = 1.4.
    const far = [{ timeS: 0, pointsM: [[20.5, 0.3, 1.2]] as [number, number, number][] }, sweeps[1]]
    const empty = await framesOf(wholeLog({ boxes: [], sweeps: far }), { sweeps: 2 })
    expect(empty.at(1, 14.5, 0.23, 1.4)).toBe('free')
    const taken = await framesOf(wholeLog({ boxes: [car(0, 40), car(0.5, 15)], sweeps: far }), { sweeps: 2 })
    expect(taken.at(1, 14.5, 0.23, 1.4)).toBe('unknown')
    expect(taken.at(1, 9, 0.15, 1.6)).toBe('free')
  })

  test('of what has no box, what the log annotates is left behind and what it never does is scenery', async () => {
    const labelled = wholeLog({
      log: { log_id: 'small', vocabulary: 'occlab-sim', rig_id: 'rig', site_id: 'site', route_id: 'route' },
      boxes: boxes.map((box) => ({ ...box, category: 'CAR' })),
      semanticNames: ['CAR', 'AIRCRAFT'],
      sweeps: [
        {
          timeS: 0,
          pointsM: [
            [5.1, 8.3, 1],
            [5.1, -8.3, 1],
          ],
          semantic: [0, 1],
        },
        { ...sweeps[1], semantic: [1] },
      ],
    })
    const seen = await framesOf(labelled, { sweeps: 2 })
    expect(seen.at(0, 5.1, 8.3, 1)).toBe('car')
    // The ego drove 1 m.
    expect(seen.at(1, 4.1, 8.3, 1)).not.toBe('car')
    expect(seen.at(1, 4.1, -8.3, 1)).toBe('aircraft')
  })

  test('labelled ground in the box of a car stays behind when the car drives on', async () => {
    const labelled = wholeLog({
      log: { log_id: 'small', vocabulary: 'occlab-sim', rig_id: 'rig', site_id: 'site', route_id: 'route' },
      boxes: boxes.map((box) => ({ ...box, category: 'CAR' })),
      semanticNames: ['CAR', 'ROAD'],
      sweeps: [
        {
          timeS: 0,
          pointsM: [
            [8.5, 0.3, 1],
            [8.5, 0.3, 0.05],
          ],
          semantic: [0, 1],
        },
        { ...sweeps[1], semantic: [1] },
      ],
    })
    const seen = await framesOf(labelled, { sweeps: 2 })
    expect(seen.at(1, 13.5, 0.3, 1)).toBe('car')
    expect(seen.at(1, 7.5, 0.3, 0.05)).toBe('drivable')
    expect(seen.at(1, 13.5, 0.3, 0.05)).not.toBe('drivable')
  })

  test('without annotations nothing is aggregated, and that is counted', async () => {
    const seen = await framesOf(wholeLog({ boxes: null, sweeps }), { sweeps: 2 })
    expect(seen.frames.map(({ sweeps: fed }) => fed)).toEqual([1, 1])
    expect(seen.dataset.manifest.skipped).toEqual([
      {
        what: 'sweep',
        why: 'neither boxes nor labels say what moves: frames have their own sweep alone',
        where: 'small/',
        count: 1,
      },
    ])
  })

  test('a sweep from before the annotations begin is not aggregated, and that is counted', async () => {
    const seen = await framesOf(wholeLog({ boxes: [car(0.5, 15)], sweeps }), { sweeps: 2 })
    expect(seen.frames.map(({ sweeps: fed }) => fed)).toEqual([1, 1])
    const why = 'no annotations of its time carry its movers: not aggregated'
    expect(seen.dataset.manifest.skipped).toEqual([{ what: 'sweep', why, where: 'small/annotations', count: 1 }])
  })

  test('a sweep of more than a second ago feeds no frame', async () => {
    const late = [sweeps[0], { ...sweeps[1], timeS: 1.5 }]
    const seen = await framesOf(wholeLog({ boxes: [], sweeps: late }), { sweeps: 2 })
    expect(seen.frames.map(({ sweeps: fed }) => fed)).toEqual([1, 1])
    expect(seen.frames[1].egoMotion).toBeNull()
  })
})

describe('what is left out', () => {
  test('points in the box of the ego vehicle, and their rays', async () => {
    const body: SmallBox = { timeS: 0, track: 'e', category: 'EGO_VEHICLE', sizeM: [5, 2, 4], atM: [1.2, 0, 1] }
    const boxes = [body, car(0, 10)]
    const seen = await framesOf(wholeLog({ boxes, sweeps: [{ timeS: 0, pointsM: [[2.5, 0.5, 1]] }] }))
    expect(seen.at(0, 2.5, 0.5, 1)).toBe('unknown')
    expect(seen.at(0, 0.1, 0.1, 1.9)).toBe('unknown')
    expect(seen.frames[0].lidarPoints).toBe(0)
    expect(seen.dataset.manifest.skipped).toEqual([
      { what: 'box', why: "'EGO_VEHICLE' is left out", where: 'small/annotations.feather, row 0', count: 1 },
      {
        what: 'point',
        why: 'in a box that is left out',
        where: 'small/sensors/lidar/1700000000000000000.feather',
        count: 1,
      },
    ])
  })

  test('labelled points: the label decides, weather is left out, an unknown label becomes others and is counted', async () => {
    const seen = await framesOf(
      wholeLog({
        log: { log_id: 'small', vocabulary: 'occlab-sim', rig_id: 'rig', site_id: 'site', route_id: 'route' },
        boxes: [],
        semanticNames: ['CHILD', 'WEATHER', 'YETI', 'ROAD'],
        sweeps: [
          {
            timeS: 0,
            pointsM: [
              [6, 0.1, 1],
              [4, 4, 1.5],
              [-6, 3, 1],
              [9, -9, 0.1],
            ],
            semantic: [0, 1, 2, 3],
          },
        ],
      }),
    )
    expect(seen.at(0, 6, 0.1, 1)).toBe('child')
    expect(seen.at(0, 4, 4, 1.5)).toBe('unknown')
    expect(seen.at(0, -6, 3, 1)).toBe('others')
    expect(seen.at(0, 9, -9, 0.1)).toBe('drivable')
    const file = 'small/sensors/lidar/1700000000000000000.feather'
    expect(seen.dataset.manifest.skipped).toEqual([
      {
        what: 'category',
        why: "'YETI' of a point is not in the table: became others",
        where: `${file}, row 2`,
        count: 1,
      },
      { what: 'point', why: "'WEATHER' is left out", where: `${file}, row 1`, count: 1 },
    ])
  })
})

test('rays start where the sensor was at the time of the point', async () => {
  // 20 m/s: 0.1 s into the sweep the sensor stands at x = 2. The point is straight to its left.
  const log = wholeLog({
    poses: straightPoses(2, 20),
    boxes: [],
    sweeps: [{ timeS: 0, pointsM: [[2, 12.2, 2]], offsetsNs: [100_000_000] }],
  })
  const seen = await framesOf(log)
  expect(seen.at(0, 2, 6, 2)).toBe('free')
  expect(seen.at(0, 1, 6, 2)).toBe('unknown')
})

test('of two LiDARs the lower one took the points of lasers 32 to 63', async () => {
  const log = wholeLog({
    boxes: [],
    sensors: [
      { name: 'down_lidar', atM: [0, -4.2, 2] },
      { name: 'up_lidar', atM: [0, 4.2, 2] },
    ],
    sweeps: [
      {
        timeS: 0,
        pointsM: [
          [9, 4.2, 2],
          [9, -4.2, 2],
        ],
        lasers: [31, 32],
      },
    ],
  })
  const seen = await framesOf(log)
  expect(seen.at(0, 4, 4.2, 2)).toBe('free')
  expect(seen.at(0, 4, -4.2, 2)).toBe('free')
  expect(seen.at(0, 4, 0, 2)).toBe('unknown')
})

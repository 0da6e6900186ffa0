import { expect, test } from 'vitest'
import { bitAt } from '../../../../pipeline/grid.js'
import { framesOf, type SeenFrames, voxelAt } from '../datasetOf.js'
import { type SmallSweep, wholeLog } from '../smallLog.js'

/** One LiDAR 4.2 m to the left of the ego and one as far to the right; lasers 0–31 are the left one's. */
const sensors = [
  { name: 'up_lidar', atM: [0, 4.2, 2] as [number, number, number] },
  { name: 'down_lidar', atM: [0, -4.2, 2] as [number, number, number] },
]
const own: SmallSweep = {
  timeS: 0.5,
  pointsM: [
    [9, 4.2, 2],
    [9, -4.2, 2],
    [9, 0.2, 2], // both see it
    [9, 0.2, 2],
  ],
  lasers: [0, 32, 1, 33],
}
/** An earlier sweep of the left one alone: a point behind it, which 0.5 s at 2 m/s take 1 m further back. */
const earlier: SmallSweep = { timeS: 0, pointsM: [[-9, 4.2, 2]], lasers: [0] }

function seenBy(seen: SeenFrames, frame: number, sensor: string, ...place: [number, number, number]): boolean {
  const mask = seen.frames[frame].observedBy?.[sensor]
  if (!mask) throw new RangeError(`no mask of ${sensor}`)
  return bitAt(mask, voxelAt(seen.dataset.grid, ...place)) === 1
}

test('each mask is what that LiDAR’s own rays saw, over all sweeps of the frame; together they are the frame’s', async () => {
  const log = wholeLog({ sensors, boxes: [], sweeps: [earlier, own] })
  const seen = await framesOf(log, { sweeps: 2, sensorMasks: true })
  expect(seen.frames).toHaveLength(2)
  const [up, down] = ['up_lidar', 'down_lidar']
  const who = (...place: [number, number, number]) => [up, down].map((name) => seenBy(seen, 1, name, ...place))
  expect(who(4, 4.2, 2)).toEqual([true, false])
  expect(who(4, -4.2, 2)).toEqual([false, true])
  expect(who(9, 4.2, 2)).toEqual([true, false])
  expect(who(9, 0.2, 2)).toEqual([true, true])
  expect(who(-5, 4.2, 2)).toEqual([true, false])
  expect(who(-10, 4.2, 2)).toEqual([true, false])
  expect(who(4, -12, 2)).toEqual([false, false])
  for (const { observed, observedBy } of seen.frames) {
    const union = observed.map((_, byte) => observedBy![up][byte] | observedBy![down][byte])
    expect(union).toEqual(observed)
  }
})

test('masks change nothing else, and are not kept unless asked for', async () => {
  const log = wholeLog({ sensors, boxes: [], sweeps: [earlier, own] })
  const [without, kept] = [await framesOf(log, { sweeps: 2 }), await framesOf(log, { sweeps: 2, sensorMasks: true })]
  expect(without.frames.map(({ observedBy }) => observedBy)).toEqual([null, null])
  kept.frames.forEach(({ semantics, observed }, index) => {
    expect(observed).toEqual(without.frames[index].observed)
    expect(semantics).toEqual(without.frames[index].semantics)
  })
})

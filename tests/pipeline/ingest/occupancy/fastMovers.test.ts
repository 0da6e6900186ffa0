import { expect, test } from 'vitest'
import { framesOf } from '../datasetOf.js'
import { type SmallBox, type SmallSweep, wholeLog } from '../smallLog.js'

/** At the annotated times 0, 0.1 and 0.5 s the car's centre is at city x = 10, 12, 20; the ego drives at 2 m/s. */
const fastCar: SmallBox[] = [
  [0, 10],
  [0.1, 11.8],
  [0.5, 19],
].map(([timeS, xM]) => ({ timeS, track: 'a', category: 'CAR', sizeM: [4, 2, 2], atM: [xM, 0, 1] }))
const standingCar: SmallBox[] = [
  [0, 10],
  [0.1, 9.8],
  [0.5, 9],
].map(([timeS, xM]) => ({ timeS, track: 'a', category: 'CAR', sizeM: [4, 2, 2], atM: [xM, 0, 1] }))

/** A point on the fast car's rear, met 100 ms after the sweep's time, when the rear is at x = 10. */
const rear: SmallSweep = { timeS: 0, pointsM: [[10.05, 0.3, 1]], offsetsNs: [100_000_000] }
const nothing: SmallSweep = { timeS: 0.5, pointsM: [[0.3, -9.1, 1]] }

/** A log of the fleet `occlab simulate` makes, whose boxes are where things were at the annotated times. */
const exact = (boxes: SmallBox[], sweeps: SmallSweep[]) => {
  const identity = { log_id: 'small', rig_id: 'rig', site_id: 'site', route_id: 'route' }
  return wholeLog({ log: { ...identity, fleet: 'occlab-sim' }, boxes, sweeps })
}
/** The same with boxes that were drawn around the points. */
const drawn = (boxes: SmallBox[], sweeps: SmallSweep[]) => {
  const identity = { log_id: 'small', rig_id: 'rig', site_id: 'site', route_id: 'route' }
  return wholeLog({ log: { ...identity, fleet: 'another', vocabulary: 'occlab-sim' }, boxes, sweeps })
}

test('a point of the frame’s own sweep goes to where its car was at the frame’s time', async () => {
  const seen = await framesOf(exact(fastCar, [rear]))
  expect(seen.at(0, 8.05, 0.3, 1)).toBe('car')
  expect(seen.at(0, 10.05, 0.3, 1)).not.toBe('car')
  expect(seen.count(0, 'car')).toBe(1)
})

test('points in boxes that share an id stay where they were met, and so do those of the road', async () => {
  const twin = fastCar.map((box): SmallBox => ({ ...box, atM: [box.atM[0], 8, 1] }))
  const both: SmallSweep = {
    ...rear,
    pointsM: [...rear.pointsM, [10.05, 8.3, 1]],
    offsetsNs: [100_000_000, 100_000_000],
  }
  const shared = await framesOf(exact([...fastCar, ...twin], [both]))
  expect(shared.count(0, 'car')).toBe(2)
  expect([0.3, 8.3].map((yM) => shared.at(0, 10.05, yM, 1))).toEqual(['car', 'car'])
  const labelled = { ...exact(fastCar, [{ ...rear, semantic: [1] }]), semanticNames: ['CAR', 'ROAD'] }
  const road = await framesOf(labelled)
  expect(road.at(0, 10.05, 0.3, 1)).toBe('drivable')
  expect(road.at(0, 8.05, 0.3, 1)).not.toBe('drivable')
})

test('boxes drawn around the points leave every point where it was met', async () => {
  const seen = await framesOf(drawn(fastCar, [rear]))
  expect(seen.at(0, 10.05, 0.3, 1)).toBe('car')
  expect(seen.count(0, 'car')).toBe(1)
})

test('a point of an earlier sweep is carried from where its car was when it was met', async () => {
  const seen = await framesOf(exact(fastCar, [rear, nothing]), { sweeps: 2 })
  // 1.95 m behind the car's centre then, and so at the frame: 19 − 1.95.
  expect(seen.at(1, 17.05, 0.3, 1)).toBe('car')
  expect(seen.count(1, 'car')).toBe(1)
  const asDrawn = await framesOf(drawn(fastCar, [rear, nothing]), { sweeps: 2 })
  expect(asDrawn.at(1, 19.05, 0.3, 1)).toBe('car')
})

test('rays that pass where a fast car was at the frame’s time do not make it free', async () => {
  // 100 ms into the sweep the ray goes to the road behind the car; at x = 8.4 it is at z = 0.44.
  const behind: SmallSweep = { timeS: 0, pointsM: [[9.4, 0.6, 0.25]], offsetsNs: [100_000_000] }
  const fast = await framesOf(exact(fastCar, [behind]))
  expect(fast.at(0, 8.4, 0.54, 0.44)).toBe('unknown')
  expect(fast.at(0, 4.4, 0.28, 1.18)).toBe('free')
  const standing = await framesOf(exact(standingCar, [{ ...behind, offsetsNs: [0] }]))
  expect(standing.at(0, 8.4, 0.54, 0.44)).toBe('free')
})

test('a car whose annotations end with the sweep goes on as it came', async () => {
  const last: SmallSweep = { timeS: 0.1, pointsM: [[11.85, 0.3, 1]], offsetsNs: [100_000_000] }
  const seen = await framesOf(exact(fastCar.slice(0, 2), [last]))
  expect(seen.at(0, 9.85, 0.3, 1)).toBe('car')
  expect(seen.count(0, 'car')).toBe(1)
})

import { describe, expect, test } from 'vitest'
import { corruptFrame } from '../../../models/corruptions/corruptFrame.js'
import { type CorruptionName, corruptions, parseCorruptions } from '../../../models/corruptions/corruptions.js'
import { unpackBits, voxelCount } from '../../../pipeline/grid.js'
import { stream } from '../../../pipeline/random.js'
import { streetFrame, taxonomy, tinyGrid } from '../latent/scenes.js'
import { count, free, others, placesOf, solid, still, viewWith, voxelAtIjk, wall } from './scene.js'

const names = Object.keys(corruptions) as CorruptionName[]
const motion = { dxM: 1, dyM: 0, dzM: 0, dyawRad: 0, dtS: 0.1 }
const rng = () => stream(1, 'test')
/** An amount that changes most frames. */
const plenty = { calibrationJitter: 2, timestampJitter: 0.3, rangeNoise: 2, weatherReturns: 1 } as Record<
  string,
  number
>

describe.each(names)('%s', (name) => {
  const corruption = corruptions[name]
  const scene = { ...still, egoMotion: motion }

  test('leaves what it is given alone, keeps the shape, and knows the seed', () => {
    const view = viewWith([3, 4, 0], [10, 2, 1], [15, 15, 3], [4, 4, 0])
    const before = { semantics: view.semantics.slice(), observed: view.observed.slice() }
    const once = corruption.apply(view, plenty[name] ?? 0.6, scene, rng())
    expect(view).toEqual(before)
    expect(once.semantics).toHaveLength(view.semantics.length)
    expect(once).toEqual(corruption.apply(view, plenty[name] ?? 0.6, scene, rng()))
    expect(once).not.toEqual(before)
  })

  test('an amount of next to nothing changes nothing', () => {
    const view = viewWith([3, 4, 0], [10, 2, 1])
    expect(corruption.apply(view, 1e-9, scene, rng())).toEqual(view)
  })

  test('what is hidden is free: nothing leaks of a class that was not observed', () => {
    const view = solid()
    view.observed.fill(0, 0, 500)
    const { semantics, observed } = corruption.apply(view, plenty[name] ?? 0.6, scene, rng())
    const leaks = [...semantics].filter((label, v) => observed[v] === 0 && label !== free && v >= 500)
    expect(leaks).toEqual([])
  })
})

test('pointDropout 0.25 takes a quarter of the walls out of sight and none of the empty voxels', () => {
  const { semantics, observed } = corruptions.pointDropout.apply(solid(), 0.25, still, rng())
  // Of 1024 voxels 256 are expected; six deviations are 83.
  expect(Math.abs(count(observed, 0) - 256)).toBeLessThan(83)
  expect(count(semantics, free)).toBe(count(observed, 0))
  const empty = corruptions.pointDropout.apply(viewWith([0, 0, 0]), 1, still, rng())
  expect(count(empty.observed, 0)).toBe(1)
  expect(placesOf(empty, wall)).toEqual([])
})

test('rangeNoise moves a wall along its ray: seen empty where it went farther, unobserved where it came nearer', () => {
  // The wall stands straight ahead of the sensor, so its ray is the x axis.
  const at: [number, number, number] = [13, 8, 1]
  const ends = Array.from({ length: 40 }, (_, seed) => {
    const after = corruptions.rangeNoise.apply(viewWith(at), 1.5, still, stream(seed, 'range'))
    const [place] = placesOf(after, wall)
    return { place, left: after.observed[voxelAtIjk(...at)] }
  })
  const nearer = ends.filter(({ place }) => place && place[0] < 13)
  const farther = ends.filter(({ place }) => place && place[0] > 13)
  expect(Math.min(nearer.length, farther.length)).toBeGreaterThan(3)
  for (const { left } of nearer) expect(left).toBe(0)
  for (const { left } of farther) expect(left).toBe(1)
  // The ray is a voxel wide where it leaves it, and widens little in a few metres.
  for (const { place } of ends) if (place) expect(Math.abs(place[1] - 8) + Math.abs(place[2] - 1)).toBeLessThan(3)
})

test('maskedCells 0.25 hides four of sixteen 4×4-column squares, whole ones', () => {
  const { semantics, observed } = corruptions.maskedCells.apply(solid(), 0.25, still, rng())
  expect(count(observed, 0)).toBe(4 * 4 * 4 * 4)
  expect(count(semantics, free)).toBe(4 * 4 * 4 * 4)
  for (let square = 0; square < 16; square++) {
    const [i, j] = [4 * Math.floor(square / 4), 4 * (square % 4)]
    const inside = [0, 1, 2, 3].flatMap((a) => [0, 1, 2, 3].map((b) => observed[voxelAtIjk(i + a, j + b, 0)]))
    expect(new Set(inside).size).toBe(1)
  }
})

test('calibrationJitter moves everything by one rigid motion of about that size', () => {
  const shifts = Array.from({ length: 200 }, (_, seed) => {
    const view = corruptions.calibrationJitter.apply(viewWith([8, 8, 1]), 1, still, stream(seed, 'pose'))
    return placesOf(view, wall).map(([i]) => i - 8)
  })
  // One voxel near the ego: what is left of it is at most a few voxels (a rotation may double or swallow it).
  const seen = shifts.flatMap((found) => (found.length === 1 ? found : []))
  expect(seen.length).toBeGreaterThan(60)
  const deviation = Math.sqrt(seen.reduce((sum, by) => sum + by * by, 0) / seen.length)
  // Voxels are whole metres, which adds 1/12; those moved out of the grid's height are not seen.
  expect(deviation).toBeGreaterThan(0.7)
  expect(deviation).toBeLessThan(1.4)
})

test('timestampJitter moves the world against the ego, by what it drives in that time; unknown motion moves nothing', () => {
  // 10 m/s ahead: 0.1 s late is one metre. The wall is a line across, so only its place along x tells.
  const line = viewWith(...Array.from({ length: 16 }, (_, j) => [12, j, 0] as [number, number, number]))
  const at = (egoMotion: typeof motion | null, seed: number) =>
    placesOf(corruptions.timestampJitter.apply(line, 0.1, { ...still, egoMotion }, stream(seed, 'stamp')), wall)
  expect(at(null, 1)).toEqual(placesOf(line, wall))
  const places = Array.from({ length: 30 }, (_, seed) => at(motion, seed)).flat()
  expect(new Set(places.map(([, , k]) => k))).toEqual(new Set([0]))
  const by = places.map(([i]) => i - 12)
  const deviation = Math.sqrt(by.reduce((sum, value) => sum + value * value, 0) / by.length)
  expect(deviation).toBeGreaterThan(0.7)
  expect(deviation).toBeLessThan(1.5)
  // One frame is smeared: its sectors do not all move alike.
  expect(new Set(at(motion, 3).map(([i]) => i)).size).toBeGreaterThan(1)
})

test('timestampJitter turns the world against the yaw: a tenth of a turn a second, seen late, is behind by as much', () => {
  const turning = { dxM: 0, dyM: 0, dzM: 0, dyawRad: Math.PI / 2, dtS: 1 }
  // A stamp a second late: what was ahead (i = 13) is now to the right (j falls).
  const late = { ...rng(), normal: () => 1 }
  const view = corruptions.timestampJitter.apply(viewWith([13, 8, 0]), 1, { ...still, egoMotion: turning }, late)
  expect(placesOf(view, wall)).toEqual([[8, 2, 0]])
})

test('weatherReturns: others, where it was seen empty, near the sensor and falling with range', () => {
  const view = viewWith([8, 8, 1])
  view.observed[voxelAtIjk(8, 9, 1)] = 0
  const after = corruptions.weatherReturns.apply(view, 1, still, rng())
  expect(after.observed).toEqual(view.observed)
  expect(placesOf(after, wall)).toEqual([[8, 8, 1]])
  expect(after.semantics[voxelAtIjk(8, 9, 1)]).toBe(free)
  const distances = placesOf(after, others).map(([i, j]) => Math.hypot(i - 7.5, j - 7.5))
  const share = (from: number, to: number) => {
    const all = placesOf(viewWith(), free).map(([i, j]) => Math.hypot(i - 7.5, j - 7.5))
    const within = (all: number[]) => all.filter((d) => d >= from && d < to).length
    return within(distances) / within(all)
  }
  // exp(−r / 8 m) at 2 and 9 m: 0.78 and 0.32.
  expect(share(1, 3)).toBeGreaterThan(0.65)
  expect(share(8, 10)).toBeGreaterThan(0.22)
  expect(share(8, 10)).toBeLessThan(0.42)
})

test('what a frame is shown depends on seed, step and frame alone, and one corruption changes no other’s draws', () => {
  const frame = streetFrame(tinyGrid, 1, 'log', 4)
  const at = (items: string[], seed = 1, step = 0, of = frame) =>
    corruptFrame(of, parseCorruptions(items), { grid: tinyGrid, taxonomy }, seed, step)
  const clean = { semantics: frame.semantics, observed: unpackBits(frame.observed, voxelCount(tinyGrid)) }
  expect(at([])).toEqual(clean)
  const dropped = at(['pointDropout=0.3'])
  expect(at(['pointDropout=0.3'])).toEqual(dropped)
  expect(at(['pointDropout=0.3'], 2)).not.toEqual(dropped)
  expect(at(['pointDropout=0.3'], 1, 1)).not.toEqual(dropped)
  // Masks come after drop-out: they hide more, and what both leave is what drop-out alone left.
  const both = at(['maskedCells=0.5', 'pointDropout=0.3'])
  const masked = at(['maskedCells=0.5'])
  both.observed.forEach((seen, v) => {
    expect(seen).toBe(dropped.observed[v] & masked.observed[v])
  })
})

test.each([
  [['fog=0.1'], 'fog=0.1'],
  [['pointDropout'], 'pointDropout'],
  [['pointDropout='], 'pointDropout='],
  [['pointDropout=1.5'], '1.5'],
  [['pointDropout=-0.1'], '-0.1'],
  [['pointDropout=NaN'], 'NaN'],
  [['pointDropout=0.1=2'], '0.1=2'],
  [['pointDropout=0.1', 'pointDropout=0.2'], 'given twice'],
  [['toString=1'], 'toString'],
])('refuses %j', (items, said) => {
  expect(() => parseCorruptions(items)).toThrow(said)
})

test('amounts of 0 are left out, and the plan is in the registry’s order', () => {
  expect(parseCorruptions(['maskedCells=0.2', 'rangeNoise=0.1', 'pointDropout=0'])).toEqual([
    { name: 'rangeNoise', amount: 0.1 },
    { name: 'maskedCells', amount: 0.2 },
  ])
})

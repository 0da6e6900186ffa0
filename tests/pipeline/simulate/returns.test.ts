import { describe, expect, test } from 'vitest'
import { transform } from '../../../pipeline/pose.js'
import { castSweep, newHits } from '../../../pipeline/simulate/cast.js'
import { type Category, categories } from '../../../pipeline/simulate/categories.js'
import { type EgoTrack, siteFromEgo } from '../../../pipeline/simulate/egoTrack.js'
import { halfValue } from '../../../pipeline/simulate/half.js'
import { PointBuffer } from '../../../pipeline/simulate/pointBuffer.js'
import { Primitives } from '../../../pipeline/simulate/primitives.js'
import { newReels } from '../../../pipeline/simulate/reels.js'
import { newReceiver, type Receiver, receive } from '../../../pipeline/simulate/returns.js'
import { box, type Shape } from '../../../pipeline/simulate/shapes.js'
import { rasteriseGround } from '../../../pipeline/simulate/surface.js'
import { aimSweep, newSweepRays } from '../../../pipeline/simulate/sweepRays.js'
import { weathers } from '../../../pipeline/simulate/weather.js'
import { evenTrack, noWeather, plainLidar, plainRig, stillReels } from './plainSensor.js'

const lidar = plainLidar({ beamsDeg: [-20, -10, -2, 0, 2], columns: 360 })
const rig = plainRig(lidar)
const still = newReceiver(rig, noWeather, stillReels, 1)
const ground = rasteriseGround('TERRAIN', [
  {
    category: 'ROAD',
    corners: [
      [0, -50],
      [50, -50],
      [50, 50],
      [0, 50],
    ],
  },
])

/** One sweep of the shapes that starts at step 20 of the track; its points read as in the ego frame of `readAtStep`. */
function sweepOf(shapes: readonly Shape[], track: EgoTrack, receiver: Receiver = still, readAtStep = 20) {
  const rays = newSweepRays(lidar)
  aimSweep(rays, lidar, rig, track, 20)
  const primitives = new Primitives(shapes.length)
  for (const shape of shapes) primitives.add(shape, shape)
  const hits = newHits(rays)
  castSweep(rays, primitives, receiver.rig.maxRangeM, hits)
  const points = new PointBuffer(rays.columns * rays.beams, 0)
  const reference = siteFromEgo(track, 20)
  receive(receiver, { index: 0, lidar, rays, hits, primitives, ground, siteFromEgo: reference }, points)
  return Array.from({ length: points.count }, (_, i) => ({
    inSite: transform(siteFromEgo(track, readAtStep), [
      halfValue(points.x[i]),
      halfValue(points.y[i]),
      halfValue(points.z[i]),
    ]),
    category: categories[points.semantic[i]] as Category,
    offsetNs: points.offsetNs[i],
    laser: points.laser[i],
  }))
}

describe('motion compensation', () => {
  const wall = box('BUILDING', [21, 0, 0], [2, 60, 8])

  test.each([
    ['standing', evenTrack()],
    ['driving at 14 m/s', evenTrack(14)],
    ['driving, turning at 0.7 rad/s and nodding', evenTrack(10, 0.7, 0.05)],
  ])('a wall seen while %s is flat in the ego frame of the sweep', (_, track) => {
    const onWall = sweepOf([wall], track).filter(({ category }) => category === 'BUILDING')
    expect(onWall.length).toBeGreaterThan(300)
    // float16 between 16 and 32 m is spaced 1/64 m.
    for (const { inSite } of onWall) expect(Math.abs(inSite[0] - 20)).toBeLessThan(0.025)
  })

  test('points are not in the ego frame of another time', () => {
    const onWall = sweepOf([wall], evenTrack(14), still, 30).filter(({ category }) => category === 'BUILDING')
    // 0.1 s at 14 m/s further on.
    for (const { inSite } of onWall) expect(Math.abs(inSite[0] - 21.4)).toBeLessThan(0.025)
  })
})

test('the ground is labelled by its patch and lies at z = 0', () => {
  const points = sweepOf([], evenTrack())
  // Beams at −20°, −10° and −2° reach the ground all round; the level one and the one above do not.
  expect(points).toHaveLength(3 * 360)
  for (const { inSite, category } of points) {
    expect(Math.abs(inSite[2])).toBeLessThan(0.002)
    const isOnRoad = inSite[0] > 0 && inSite[0] < 50 && Math.abs(inSite[1]) < 50
    const toEdgeM = Math.min(...[inSite[0], inSite[0] - 50, Math.abs(inSite[1]) - 50].map(Math.abs))
    if (toEdgeM > 0.3) expect(category).toBe(isOnRoad ? 'ROAD' : 'TERRAIN')
  }
})

test('offsets say which column a point is from, lasers which beam', () => {
  const points = sweepOf([], evenTrack())
  // Column by column, lowest beam first; columns are 0.1 s / 360 apart.
  expect(points.slice(0, 4).map(({ laser }) => laser)).toEqual([0, 1, 2, 0])
  expect(points[3].offsetNs).toBe(Math.round(1e8 / 360))
  expect(points.at(-1)?.offsetNs).toBe(Math.round((359 * 1e8) / 360))
})

describe('weather', () => {
  const reels = newReels(5)
  const inWeather = (name: keyof typeof weathers) => {
    const receiver = newReceiver({ ...rig, maxRangeM: 120 }, weathers[name], reels, 5)
    return sweepOf([box('BUILDING', [51, 0, 0], [2, 100, 20])], evenTrack(), receiver)
  }

  test.each(['rain', 'fog', 'snow'] as const)('%s takes far returns away and adds near ones of its own', (name) => {
    const far = (points: ReturnType<typeof inWeather>) =>
      points.filter(({ category }) => category === 'BUILDING').length
    const spurious = inWeather(name).filter(({ category }) => category === 'WEATHER')
    expect(far(inWeather(name))).toBeLessThan(0.95 * far(inWeather('clear')))
    const expected = weathers[name].spurious * 5 * 360
    expect(spurious.length).toBeGreaterThan(0.3 * expected)
    expect(spurious.length).toBeLessThan(2 * expected)
  })

  test('clear air adds none', () => {
    expect(inWeather('clear').filter(({ category }) => category === 'WEATHER')).toHaveLength(0)
  })
})

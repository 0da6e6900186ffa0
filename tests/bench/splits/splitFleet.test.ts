import { expect, test } from 'vitest'
import { framesPerLog, makeFleet } from '../../../bench/splits/splitFleet.js'
import { findEncounters } from '../../../pipeline/splits/encounters.js'

const logs = 1000
const fleet = makeFleet(logs)

test('drives keep to the streets of their town, 5 m a frame', () => {
  const [offStreetM, outsideM, stepM] = [[0], [0], [0]]
  for (const { xM, yM } of fleet)
    for (let row = 0; row < framesPerLog; row++) {
      const [x, y] = [xM[row], yM[row]]
      offStreetM.push(Math.min(...[x, y].map((m) => Math.abs(m - 200 * Math.round(m / 200)))))
      outsideM.push(Math.max(-x, x - 2200, -y, y - 2200))
      if (row > 0) stepM.push(Math.hypot(x - xM[row - 1], y - yM[row - 1]))
    }
  const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b))
  // Streets every 200 m in a town of 2.2 km; a metre of play to either side.
  expect(most(offStreetM)).toBeLessThanOrEqual(1)
  expect(most(outsideM)).toBeLessThanOrEqual(1)
  expect(most(stepM)).toBeLessThan(5 + 2 * Math.SQRT2)
  expect(new Set(fleet.map(({ siteId }) => siteId)).size).toBe(2)
})

test('most frames meet other logs, and as many of them in a fleet of twice the size', () => {
  const meetings = (some: typeof fleet) => {
    const encounters = findEncounters(
      some,
      some.map((_, i) => i),
      10,
    )
    const frames = encounters.reduce((sum, encounter) => sum + encounter.frames, 0)
    const others = encounters.reduce((sum, { frames: n, near }) => sum + n * near.length, 0)
    return { met: frames / (some.length * framesPerLog), others: others / frames }
  }
  const [half, whole] = [meetings(fleet.slice(0, logs / 2)), meetings(fleet)]
  expect(whole.met).toBeGreaterThan(0.9)
  expect(whole.others).toBeGreaterThan(4)
  expect(Math.abs(whole.others / half.others - 1)).toBeLessThan(0.1)
})

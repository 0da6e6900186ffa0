import { expect, test } from 'vitest'
import { framesPerLog, makeDepotFleet, makeFleet } from '../../../bench/splits/splitFleet.js'
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
    const framesOf = (encounter: (typeof encounters)[number]) => encounter.frames.reduce((a, b) => a + b, 0)
    const frames = encounters.reduce((sum, encounter) => sum + framesOf(encounter), 0)
    const others = encounters.reduce((sum, encounter) => sum + framesOf(encounter) * (encounter.near.length - 1), 0)
    return { met: frames / (some.length * framesPerLog), others: others / frames }
  }
  const [half, whole] = [meetings(fleet.slice(0, logs / 2)), meetings(fleet)]
  expect(whole.met).toBeGreaterThan(0.9)
  expect(whole.others).toBeGreaterThan(4)
  expect(Math.abs(whole.others / half.others - 1)).toBeLessThan(0.1)
})

test('out of one depot: fifteen frames of every log in a yard of 60 m, the others on the streets of towns apart', () => {
  const depot = makeDepotFleet(logs)
  expect(new Set(depot.map(({ siteId }) => siteId)).size).toBe(1)
  for (const [i, { xM, yM }] of depot.entries()) {
    const inYard = [...xM.keys()].filter((row) => xM[row] < -200 && yM[row] < -200)
    expect(inYard).toEqual(Array.from({ length: 15 }, (_, row) => row))
    const [x, y] = [xM[50] - fleet[i].xM[50], yM[50] - fleet[i].yM[50]]
    expect([x, y]).toEqual([i < 500 ? 0 : 2500, 0])
  }
})

import { describe, expect, test } from 'vitest'
import { UsageError } from '../../../pipeline/errors.js'
import { simulateDefaults, simulatePresets } from '../../../pipeline/simulate/config.js'
import { planFleet } from '../../../pipeline/simulate/plan.js'
import { rigs } from '../../../pipeline/simulate/rigs.js'
import { siteNamed, sites } from '../../../pipeline/simulate/sites.js'

const fleets = { default: {}, ...simulatePresets }

describe.each(Object.entries(fleets))('the %s fleet', (_, preset) => {
  const config = { ...simulateDefaults, ...preset }
  const plans = planFleet(config, 1)

  test('has every rig at every site, equally often', () => {
    const visits = config.sites.flatMap((site) =>
      config.rigs.map((rig) => plans.filter(({ siteId, rigId }) => siteId === site && rigId === rig).length),
    )
    expect(Math.min(...visits)).toBeGreaterThanOrEqual(1)
    expect(Math.max(...visits) - Math.min(...visits)).toBeLessThanOrEqual(1)
  })

  test('has ids, dates and times of its own for every log, and weather for the share asked for', () => {
    for (const key of ['logId', 'date', 'startUnixS', 'seed'] as const)
      expect(new Set(plans.map((plan) => plan[key])).size).toBe(plans.length)
    const foul = plans.filter(({ weather }) => weather !== 'clear')
    expect(foul).toHaveLength(Math.round(config.weatherShare * plans.length))
    for (const { date, startUnixS } of plans) expect(new Date(startUnixS * 1000).toISOString().slice(0, 10)).toBe(date)
  })

  test('is the same for the same seed and another for another', () => {
    expect(planFleet(config, 1)).toEqual(plans)
    expect(planFleet(config, 2)).not.toEqual(plans)
  })
})

test('every route of every site gets a log once there are as many logs as a site has routes', () => {
  const plans = planFleet({ ...simulateDefaults, logs: 18 }, 1)
  for (const site of Object.keys(sites)) {
    const routes = new Set(plans.filter(({ siteId }) => siteId === site).map(({ routeId }) => routeId))
    expect(routes.size).toBe(siteNamed(site).routes.length)
  }
})

test('a rig does not keep to the same routes of a site', () => {
  const config = { ...simulateDefaults, logs: 108, rigs: ['sedan64', 'shuttle32', 'tug16'] }
  const plans = planFleet(config, 1)
  for (const rig of config.rigs) {
    const driven = plans
      .filter(({ rigId, siteId }) => rigId === rig && siteId === 'urban')
      .map(({ routeId }) => routeId)
    expect(new Set(driven).size).toBe(siteNamed('urban').routes.length)
  }
})

test('a log is the same log in a longer fleet', () => {
  const short = planFleet({ ...simulateDefaults, logs: 5, weatherShare: 0 }, 3)
  expect(planFleet({ ...simulateDefaults, logs: 50, weatherShare: 0 }, 3).slice(0, 5)).toEqual(short)
})

test.each([
  ['logs', { logs: 0 }],
  ['a site', { sites: ['moon'] }],
  ['a rig', { rigs: ['bicycle9'] }],
  ['durationS', { durationS: -1 }],
  ['weatherShare', { weatherShare: 1.5 }],
  ['sweepRateHz', { sweepRateHz: 40 }],
])('an unusable value of %s is refused', (_, change) => {
  expect(() => planFleet({ ...simulateDefaults, ...change }, 1)).toThrow(UsageError)
})

test('rigs differ in all that a model could mistake for the world', () => {
  const of = Object.values(rigs)
  const facts = [
    of.map(({ lidars }) => lidars.reduce((sum, { beamsDeg }) => sum + beamsDeg.length, 0)),
    of.map(({ lidars }) => lidars[0].positionM[2]),
    of.map(({ lidars }) => lidars[0].pitchDeg),
    of.map(({ lidars }) => lidars[0].beamsDeg[0]),
    of.map(({ dropOut }) => dropOut),
  ]
  for (const fact of facts) expect(new Set(fact).size).toBeGreaterThanOrEqual(3)
})

import { UsageError } from '../errors.js'
import { seedOf, stream } from '../random.js'
import type { SimulateConfig } from './config.js'
import { type RigName, rigNamed } from './rigs.js'
import { type SiteName, siteNamed } from './sites.js'
import { type WeatherName, weathers } from './weather.js'

/** One log, decided but not yet driven. Plain data: it can be stored, compared and sent to a worker. */
export interface LogPlan {
  logId: string
  siteId: SiteName
  routeId: string
  rigId: RigName
  weather: WeatherName
  timeOfDay: TimeOfDay
  /** ISO date of the drive. */
  date: string
  /** Unix time of the first sweep, whole seconds. */
  startUnixS: number
  durationS: number
  sweepRateHz: number
  /** Factor on the number of moving things. */
  crowding: number
  /** Seeds everything random in this log. */
  seed: number
}

const timesOfDay = { dawn: 6, day: 12, dusk: 18, night: 22 } as const
export type TimeOfDay = keyof typeof timesOfDay

/** How busy a log is, around the fleet's own factor: without quiet streets nobody could tell what a busy one looks like. */
const crowds = [0.1, 0.5, 1, 1.5]

const firstDayUnixS = Date.UTC(2024, 2, 4) / 1000
const dayS = 86_400

/**
 * Decides the fleet's logs: site by turns; the rig moves on by one each time a site is visited, so that every rig
 * visits every site once there are sites × rigs logs; the routes of a site by turns, shifted so that a rig does not
 * keep to the same ones. Every log has a day of its own. Throws UsageError for an unusable setting.
 */
export function planFleet(config: Readonly<SimulateConfig>, seed: number): LogPlan[] {
  check(config)
  const foul = foulWeather(config, seed)
  return Array.from({ length: config.logs }, (_, index): LogPlan => {
    const siteIndex = index % config.sites.length
    const visit = Math.floor(index / config.sites.length)
    const site = siteNamed(config.sites[siteIndex])
    const rigId = rigNamed(config.rigs[(visit + siteIndex) % config.rigs.length]).id as RigName
    const period = leastCommonMultiple(site.routes.length, config.rigs.length)
    const route = (visit + Math.floor(visit / period)) % site.routes.length
    const routeId = site.routes[route].id
    const rng = stream(seed, 'plan', index)
    const timeOfDay = rng.pick(Object.keys(timesOfDay) as TimeOfDay[])
    const dayUnixS = firstDayUnixS + (2 * index + rng.int(2)) * dayS
    const shortRoute = routeId.slice(site.id.length + 1)
    return {
      logId: `sim-${site.id}-${shortRoute}-${rigId}-${String(index + 1).padStart(3, '0')}`,
      siteId: site.id as SiteName,
      routeId,
      rigId,
      weather: foul.get(index) ?? 'clear',
      timeOfDay,
      date: new Date(dayUnixS * 1000).toISOString().slice(0, 10),
      startUnixS: dayUnixS + timesOfDay[timeOfDay] * 3600 + rng.int(3600),
      durationS: config.durationS,
      sweepRateHz: config.sweepRateHz,
      crowding: config.crowding * rng.pick(crowds),
      seed: seedOf(seed, 'log', index),
    }
  })
}

/** Which logs have weather, and which: the share asked for, spread at random, the kinds by turns. */
function foulWeather({ logs, weatherShare }: Readonly<SimulateConfig>, seed: number): Map<number, WeatherName> {
  const kinds = Object.keys(weathers).filter((name) => name !== 'clear') as WeatherName[]
  const indices = stream(seed, 'plan', 'weather').shuffle(Array.from({ length: logs }, (_, i) => i))
  return new Map(indices.slice(0, Math.round(weatherShare * logs)).map((index, k) => [index, kinds[k % kinds.length]]))
}

function check(config: Readonly<SimulateConfig>): void {
  const rules: [keyof SimulateConfig, boolean, string][] = [
    ['logs', Number.isInteger(config.logs) && config.logs >= 1, 'a whole number of at least 1'],
    ['sites', config.sites.length > 0, 'at least one site'],
    ['rigs', config.rigs.length > 0, 'at least one rig'],
    ['durationS', config.durationS > 0 && config.durationS <= 600, 'more than 0 and at most 600 s'],
    ['weatherShare', config.weatherShare >= 0 && config.weatherShare <= 1, 'a share between 0 and 1'],
    ['crowding', config.crowding >= 0 && config.crowding <= 3, 'between 0 and 3'],
  ]
  for (const [key, isUsable, expected] of rules)
    if (!isUsable)
      throw new UsageError('simulate cannot use this setting', { place: key, expected, actual: String(config[key]) })
  for (const rig of config.rigs.map(rigNamed))
    if (config.sweepRateHz <= 0 || config.sweepRateHz > rig.spinHz)
      throw new UsageError('simulate cannot record sweeps at this rate', {
        place: 'sweepRateHz',
        expected: `more than 0 and at most the ${rig.spinHz} Hz that ${rig.id} spins at`,
        actual: String(config.sweepRateHz),
      })
}

function leastCommonMultiple(a: number, b: number): number {
  let multiple = a
  while (multiple % b !== 0) multiple += a
  return multiple
}

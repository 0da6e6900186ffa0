import { UsageError } from '../errors.js'

/** What the air between the sensor and the world does to a sweep. */
export interface Weather {
  /** Extinction of the air: a pulse there and back keeps exp(−2 α r) of itself. */
  extinctionPerM: number
  /** Share of returns lost at any range (wet or covered lens). */
  dropOut: number
  /** Standard deviation added to the sensor's own. */
  rangeSigmaM: number
  /** Share of rays that come back from a drop, a flake or mist close by. */
  spurious: number
  /** Mean distance of those, beyond the sensor's nearest range. */
  spuriousMeanM: number
}

export const weathers = {
  clear: { extinctionPerM: 0.0004, dropOut: 0, rangeSigmaM: 0, spurious: 0, spuriousMeanM: 1 },
  rain: { extinctionPerM: 0.003, dropOut: 0.05, rangeSigmaM: 0.02, spurious: 0.004, spuriousMeanM: 5 },
  fog: { extinctionPerM: 0.016, dropOut: 0.02, rangeSigmaM: 0.03, spurious: 0.015, spuriousMeanM: 6 },
  snow: { extinctionPerM: 0.006, dropOut: 0.04, rangeSigmaM: 0.02, spurious: 0.02, spuriousMeanM: 4 },
} satisfies Record<string, Weather>

export type WeatherName = keyof typeof weathers

/** Throws UsageError that lists the kinds of weather. */
export function weatherNamed(name: string): Weather {
  const weather = (weathers as Record<string, Weather>)[name]
  if (!weather) throw new UsageError(`no weather '${name}'`, { expected: Object.keys(weathers).join(' | ') })
  return weather
}

/**
 * Share of returns that survive, by range in whole decimetres up to `maxRangeM`: what is not dropped, times the
 * extinction there and back, times a roll-off that ends at the sensor's reach.
 */
export function survivalByRange(weather: Weather, dropOut: number, maxRangeM: number): Float32Array {
  return Float32Array.from({ length: Math.ceil(maxRangeM * 10) + 2 }, (_, decimetre) => {
    const rangeM = decimetre / 10
    // The sixth power by squares: other powers differ in their last bit from one version of Node to another.
    const square = Math.min(1, rangeM / maxRangeM) ** 2
    const reach = 1 - square * square * square
    return (1 - dropOut) * (1 - weather.dropOut) * Math.exp(-2 * weather.extinctionPerM * rangeM) * reach
  })
}

import type { EgoTrack } from '../../../pipeline/simulate/egoTrack.js'
import type { Reels } from '../../../pipeline/simulate/reels.js'
import type { Lidar, Rig } from '../../../pipeline/simulate/rigs.js'
import { rigs } from '../../../pipeline/simulate/rigs.js'
import type { Weather } from '../../../pipeline/simulate/weather.js'

/** A sensor over the ego's origin; an odd number of columns puts the middle one straight ahead. */
export function plainLidar(change: Partial<Lidar> = {}): Lidar {
  return {
    name: 'up_lidar',
    beamsDeg: [-30, 0],
    firstLaser: 0,
    columns: 9,
    positionM: [0, 0, 2],
    pitchDeg: 0,
    ...change,
  }
}

/** A rig with that sensor, whose body is of no account: 10 turns a second, no noise, no loss. */
export function plainRig(lidar: Lidar): Rig {
  return {
    ...rigs.sedan64,
    lidars: [lidar],
    minRangeM: 0.1,
    maxRangeM: 1000,
    rangeSigmaM: 0,
    dropOut: 0,
    axleHeightM: 0,
  }
}

/** Air that takes nothing. */
export const noWeather: Weather = { extinctionPerM: 0, dropOut: 0, rangeSigmaM: 0, spurious: 0, spuriousMeanM: 1 }

/** Reels on which nothing is random: no noise, and every return is kept. */
export const stillReels: Reels = { normal: new Float32Array(65536), uniform: new Float32Array(65536).fill(0.5) }

/** An ego that leaves the origin along x and moves evenly. */
export function evenTrack(speedMps = 0, yawRateRadps = 0, pitchRateRadps = 0): EgoTrack {
  const steps = Array.from({ length: 60 }, (_, i) => i * 0.01)
  const along = (of: (s: number) => number) => Float64Array.from(steps, of)
  return {
    fromStep: 0,
    xM: along((s) => speedMps * s),
    yM: along((s) => 0.3 * speedMps * s * s),
    zM: 0,
    yawRad: along((s) => yawRateRadps * s),
    pitchRad: along((s) => pitchRateRadps * s),
  }
}

import { UsageError } from '../errors.js'
import type { Vec3 } from '../pose.js'

/** A spinning LiDAR. All beams of a column fire together; columns run counter-clockwise from straight behind. */
export interface Lidar {
  /** Its name in the calibration, as Argoverse 2 names the two it carries. */
  name: 'up_lidar' | 'down_lidar'
  /** Elevation of each beam in the sensor frame, degrees, lowest first. Beam b is laser `firstLaser + b`. */
  beamsDeg: readonly number[]
  firstLaser: number
  /** Columns in a turn. */
  columns: number
  /** Position in the ego frame (origin on the rear axle). */
  positionM: Vec3
  /** Nose-down tilt of the sensor. */
  pitchDeg: number
}

/** A vehicle and what it carries. */
export interface Rig {
  id: string
  lidars: readonly Lidar[]
  spinHz: number
  minRangeM: number
  maxRangeM: number
  /** Standard deviation of a range. */
  rangeSigmaM: number
  /** Share of returns that go missing at any range. */
  dropOut: number
  /** Height of the ego frame's origin above the ground. */
  axleHeightM: number
  /** Footprint: from the rear axle to the front and rear bumper, and across. */
  frontM: number
  rearM: number
  widthM: number
  cruiseMps: number
  accelMps2: number
  brakeMps2: number
  yawRateRadps: number
  /** How far the body pitches nose-down for each m/s² of braking, radians. */
  pitchPerMps2: number
}

/** `count` elevations from `lowDeg` to `highDeg`, evenly apart. */
function even(count: number, lowDeg: number, highDeg: number): number[] {
  return Array.from({ length: count }, (_, b) => lowDeg + ((highDeg - lowDeg) * b) / (count - 1))
}

/** Rigs differ in everything a model could mistake for the world: beams, field of view, height, tilt, noise, rate. */
export const rigs = {
  sedan64: {
    id: 'sedan64',
    lidars: [
      {
        name: 'up_lidar',
        beamsDeg: [...even(32, -24.8, -9), ...even(32, -8.6, 2)],
        firstLaser: 0,
        columns: 1800,
        positionM: [1.35, 0, 1.42],
        pitchDeg: 0,
      },
    ],
    spinHz: 10,
    minRangeM: 1,
    maxRangeM: 120,
    rangeSigmaM: 0.02,
    dropOut: 0.03,
    axleHeightM: 0.33,
    frontM: 3.75,
    rearM: 1,
    widthM: 1.9,
    cruiseMps: 9.5,
    accelMps2: 1.8,
    brakeMps2: 6,
    yawRateRadps: 0.7,
    pitchPerMps2: 0.0025,
  },
  shuttle32: {
    id: 'shuttle32',
    lidars: [
      {
        name: 'up_lidar',
        // Denser about the horizon, as a 32-beam sensor of the kind is built.
        beamsDeg: [...even(8, -25, -9.3), ...even(17, -8, 0), ...even(7, 1, 15)],
        firstLaser: 0,
        columns: 1440,
        positionM: [3.1, 0, 2.35],
        pitchDeg: 2,
      },
    ],
    spinHz: 10,
    minRangeM: 1.2,
    maxRangeM: 100,
    rangeSigmaM: 0.03,
    dropOut: 0.05,
    axleHeightM: 0.38,
    frontM: 4.1,
    rearM: 0.9,
    widthM: 2.05,
    cruiseMps: 7,
    accelMps2: 1.2,
    brakeMps2: 5,
    yawRateRadps: 0.6,
    pitchPerMps2: 0.004,
  },
  tug16: {
    id: 'tug16',
    lidars: [
      {
        name: 'up_lidar',
        beamsDeg: even(16, -15, 15),
        firstLaser: 0,
        columns: 900,
        positionM: [1.2, 0.25, 1.6],
        pitchDeg: 4,
      },
    ],
    spinHz: 20,
    minRangeM: 0.8,
    maxRangeM: 80,
    rangeSigmaM: 0.03,
    dropOut: 0.08,
    axleHeightM: 0.3,
    frontM: 2.5,
    rearM: 0.7,
    widthM: 1.6,
    cruiseMps: 5.5,
    accelMps2: 1,
    brakeMps2: 4,
    yawRateRadps: 0.6,
    pitchPerMps2: 0.001,
  },
  truck64: {
    id: 'truck64',
    lidars: [
      {
        name: 'up_lidar',
        beamsDeg: even(32, -18, 6),
        firstLaser: 0,
        columns: 1800,
        positionM: [4.6, 0, 2.7],
        pitchDeg: 1,
      },
      {
        name: 'down_lidar',
        beamsDeg: even(32, -22, 8),
        firstLaser: 32,
        columns: 1800,
        positionM: [5.4, 0, 0.75],
        pitchDeg: 3,
      },
    ],
    spinHz: 10,
    minRangeM: 1.5,
    maxRangeM: 120,
    rangeSigmaM: 0.025,
    dropOut: 0.04,
    axleHeightM: 0.5,
    frontM: 5.3,
    rearM: 1.2,
    widthM: 2.4,
    cruiseMps: 8,
    accelMps2: 1,
    brakeMps2: 5,
    yawRateRadps: 0.55,
    pitchPerMps2: 0.003,
  },
} satisfies Record<string, Rig>

export type RigName = keyof typeof rigs

/** Throws UsageError that lists the rigs. */
export function rigNamed(name: string): Rig {
  const rig = (rigs as Record<string, Rig>)[name]
  if (!rig) throw new UsageError(`no rig '${name}'`, { expected: Object.keys(rigs).join(' | ') })
  return rig
}

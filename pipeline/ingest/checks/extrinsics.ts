import { normalise, type Quaternion } from '../../pose.js'
import type { RawLog, Sensor } from '../reader.js'
import type { Check, Observation } from './check.js'
import { FindingError } from './findingError.js'

/** How far from 1 a quaternion's norm may be: half-precision files round by a thousandth. */
const normTolerance = 0.01
/** Farther than this from the ego's origin sits no sensor: the longest road train is 25 m. */
export const maxMountM = 30
const aRotation = `a quaternion of norm 1 ± ${normTolerance}`

/** Where a file gives a sensor's mounting. */
export interface MountPlace {
  /** The log's folder. */
  dir: string
  /** Below it. */
  file: string
  place: string
}

/**
 * The rotation of a sensor's mounting as a file gives it, w x y z, made a unit quaternion. Readers take it through here,
 * for afterwards a quaternion of any norm looks like a rotation. Throws FindingError.
 */
export function sensorRotation(q: Quaternion, { dir, file, place }: MountPlace): Quaternion {
  const norm = Math.hypot(...q)
  if (Math.abs(norm - 1) <= normTolerance) return normalise(q)
  const fault: Observation = { file, place, expected: aRotation, actual: `norm ${norm}`, count: 1, effect: 'log' }
  throw new FindingError({ check: 'extrinsics', ...fault }, dir)
}

/** Sensors whose mounting is no rigid transform of a place on a vehicle. */
export const extrinsics: Check = {
  finds: 'extrinsics that are not rotations, or mount a sensor beside the vehicle, or two under one name',
  rule: `A sensor whose quaternion's norm is off 1 by more than ${normTolerance}, whose matrix is no rotation, whose place is not finite or more than ${maxMountM} m from the ego's origin, or whose name another mounting has: the log is left out.`,
  reason: `Every point and every ray goes through it. Files round to a thousandth at worst; the longest road train is 25 m, and a mounting in millimetres is beyond ${maxMountM} m.`,
  look: ({ log }) => log.sensors.flatMap((sensor) => faultOf(sensor, log) ?? []),
}

function faultOf(sensor: Sensor, log: RawLog): Observation | null {
  const { q, t } = sensor.egoFromSensor
  const fault = (expected: string, actual: string): Observation => {
    return { file: 'calibration', place: `sensor ${sensor.sensorName}`, expected, actual, count: 1, effect: 'log' }
  }
  const norm = Math.hypot(...q)
  if (!(Math.abs(norm - 1) <= normTolerance)) return fault(aRotation, `norm ${norm}`)
  const farM = Math.hypot(...t)
  if (!(farM <= maxMountM)) return fault(`a place within ${maxMountM} m of the ego's origin`, `[${t.join(', ')}] m`)
  const namesake = log.sensors.find(({ sensorName }) => sensorName === sensor.sensorName)!
  const isSame = JSON.stringify(namesake.egoFromSensor) === JSON.stringify(sensor.egoFromSensor)
  return isSame ? null : fault('one mounting a name', 'another one of the same name')
}

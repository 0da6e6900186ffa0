import { expect, test } from 'vitest'
import { RayOrigins } from '../../../../pipeline/ingest/occupancy/rayOrigins.js'
import { PoseTrack } from '../../../../pipeline/ingest/poseTrack.js'
import type { Sensor, Sweep } from '../../../../pipeline/ingest/reader.js'
import { identity, invert, poseFromYaw } from '../../../../pipeline/pose.js'
import { columnsOf } from '../smallLog.js'

/** It turns on the spot, 1 rad/s. */
const turning = Array.from({ length: 11 }, (_, i) => ({ timeS: i / 10, pose: poseFromYaw(i / 10, [3, 4, 5]) }))
const lidars: Sensor[] = [
  { sensorName: 'ahead', egoFromSensor: { ...identity, t: [2, 0, 1] } },
  { sensorName: 'left', egoFromSensor: { ...identity, t: [0, 2, 1.5] } },
]
const sweep = (...offsetsNs: number[]): Sweep => ({
  ...{ timeNs: 0.5e9, count: offsetsNs.length, pointsM: new Float32Array(3 * offsetsNs.length) },
  ...{ lidar: new Uint8Array(offsetsNs.length), category: null, file: 'sweep', source: 'sweep' },
  offsetNs: Int32Array.from(offsetsNs),
})

test.each([
  ['after the sweep’s time', 0, 100],
  ['before it', -100, 0],
  ['around it', -50, 50],
])(
  'of a turning rig each LiDAR goes along its circle, to a twentieth of a millimetre: offsets %s',
  (_, first, last) => {
    const poses = new PoseTrack(columnsOf(turning))
    const origins = new RayOrigins(sweep(1e6 * first, 1e6 * last), lidars, poses, invert(poses.at(0.5e9)))
    const found = new Float32Array(6)
    for (let offsetMs = first; offsetMs <= last; offsetMs += 3.7) {
      origins.write(0, 1e6 * offsetMs, found, 0)
      origins.write(1, 1e6 * offsetMs, found, 3)
      const [sine, cosine] = [Math.sin(offsetMs / 1000), Math.cos(offsetMs / 1000)]
      const expected = [2 * cosine, 2 * sine, 1, -2 * sine, 2 * cosine, 1.5]
      expect([...found]).toEqual(expected.map((metres) => expect.closeTo(metres, 4)))
    }
  },
)

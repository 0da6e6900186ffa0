import { dirname, join } from 'node:path'
import { DataError } from '../../errors.js'
import { compose, type Pose, quaternionFromEuler } from '../../pose.js'
import { readWhole } from '../files/wholeFile.js'
import { PoseTrack } from '../poseTrack.js'
import type { SkipCounter } from '../skipCounter.js'
import { poseColumns } from './poseColumns.js'

/** Radius of the Mercator projection, metres: the equator's in WGS 84. */
const earthRadiusM = 6_378_137
/**
 * Origin of the city frame, degrees: near Karlsruhe, where the recordings were made, and one for all of them, so that
 * the places of different drives can be compared.
 */
const origin = { latitudeDeg: 49, longitudeDeg: 8.4 }

const radians = (degrees: number) => (degrees * Math.PI) / 180
const northing = (latitudeDeg: number) => Math.log(Math.tan(Math.PI / 4 + radians(latitudeDeg) / 2))

/** What is used of a record: the first six of its thirty numbers. Angles but the first two in radians. */
interface Fix {
  latitudeDeg: number
  longitudeDeg: number
  altitudeM: number
  rollRad: number
  pitchRad: number
  /** 0 is east, counter-clockwise. */
  yawRad: number
}

/**
 * Poses of a drive from its GPS/IMU records (OXTS), by the Mercator projection that KITTI's development kit uses, scaled
 * by the cosine of the drive's first latitude (Geiger et al. 2013, https://doi.org/10.1177/0278364913491297): x east, y
 * north, z the altitude. Where we deviate: the kit puts the origin at each drive's first pose; ours is one for all.
 *
 * `files` and `timestampsNs` go by frame number. A record that is none is left out by the track; one without a time is
 * counted. Throws DataError when a file cannot be read, or no record is good.
 */
export async function readOxts(
  dir: string,
  files: ReadonlyMap<number, string>,
  timestampsNs: ReadonlyMap<number, bigint>,
  imuFromVelodyne: Pose,
  skips: SkipCounter,
): Promise<PoseTrack> {
  const [anyFile = ''] = files.values()
  const folder = join(dir, dirname(anyFile))
  const times: bigint[] = []
  const fixes: (Fix | null)[] = []
  for (const [number, file] of files) {
    const timestampNs = timestampsNs.get(number)
    if (timestampNs === undefined) {
      skips.add('pose', 'no time in the timestamps of its number', file)
      continue
    }
    times.push(timestampNs)
    fixes.push(await readFix(join(dir, file)))
  }
  const first = fixes.find((fix) => fix !== null)
  if (!first)
    throw new DataError('no poses: no GPS/IMU record is good', { file: folder, expected: 'six numbers a file' })
  const scale = Math.cos(radians(first.latitudeDeg))
  const poses = fixes.map((fix) => fix && compose(cityFromImu(fix, scale), imuFromVelodyne))
  return new PoseTrack(poseColumns(folder, times, poses))
}

/** Null for a record that is none. */
async function readFix(file: string): Promise<Fix | null> {
  const text = (await readWhole(file)).toString('utf8')
  const words = text.trim().split(/\s+/)
  const [latitudeDeg, longitudeDeg, altitudeM, rollRad, pitchRad, yawRad] = words.map(Number)
  const numbers = [latitudeDeg, longitudeDeg, altitudeM, rollRad, pitchRad, yawRad]
  const isFix = numbers.every(Number.isFinite) && Math.abs(latitudeDeg) < 85 && Math.abs(longitudeDeg) <= 180
  return isFix ? { latitudeDeg, longitudeDeg, altitudeM, rollRad, pitchRad, yawRad } : null
}

function cityFromImu({ latitudeDeg, longitudeDeg, altitudeM, rollRad, pitchRad, yawRad }: Fix, scale: number): Pose {
  const perRadM = scale * earthRadiusM
  return {
    q: quaternionFromEuler(yawRad, pitchRad, rollRad),
    t: [
      perRadM * radians(longitudeDeg - origin.longitudeDeg),
      perRadM * (northing(latitudeDeg) - northing(origin.latitudeDeg)),
      altitudeM,
    ],
  }
}

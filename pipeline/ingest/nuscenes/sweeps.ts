import { join } from 'node:path'
import { DataError } from '../../errors.js'
import { readWhole } from '../files/wholeFile.js'
import { dropPoints, isFinitePoint, notFinite } from '../finitePoints.js'
import type { PoseTrack } from '../poseTrack.js'
import { type HashedLog, type Sensor, type Sweep, type SweepSource, sourceOf } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'
import { transformPoints } from '../transformPoints.js'
import { pointOffsetsNs } from './pointTimes.js'
import type { SampleDataRow } from './rows.js'
import { lidarChannel, type Scene } from './scenes.js'
import type { Tables } from './tables.js'
import { nsOf } from './time.js'

/** float32 x y z intensity ring a point, little-endian. */
const [pointNumbers, pointBytes] = [5, 20]

/**
 * A quarter of a turn's returns come from the car under the LiDAR. As nuScenes' development kit does when it joins turns,
 * those with |x| and |y| under 1 m in the LiDAR's frame are taken for it: nothing else comes so near to the middle of a
 * roof. Labels tell better where there are some (`vehicle.ego`).
 */
const ownCarM = 1
const ownCar = `within ${ownCarM} m of the LiDAR along x and y: the car itself`

/** One turn whose file is there. */
interface Turn {
  timeNs: number
  file: string
  /** Its file of labels; null without. */
  labels: string | null
  /** Index in `lidars`. */
  lidar: number
}

/**
 * `samples/LIDAR_TOP` and `sweeps/LIDAR_TOP`: one file a turn, 20 a second, in the frame of the sensor.
 *
 * The points are rid of the ego's motion by their makers, as of the turn's time, which is when it was complete: `pointTimes.ts` has the
 * measurement, and when each point was taken, for the start of its ray.
 *
 * Where lidarseg labels the keyframes of a scene, its other turns are left out: unlabelled points would outvote them.
 */
export class Sweeps implements SweepSource {
  readonly movingCategories = null

  private constructor(
    private readonly log: HashedLog,
    private readonly turns: readonly Turn[],
    readonly timesNs: Float64Array,
    readonly lidars: readonly Sensor[],
    readonly pointCategories: readonly string[] | null,
    private readonly skips: SkipCounter,
  ) {}

  /** Null when none of the scene's files is there. Throws DataError for labels without names. */
  static async open(log: HashedLog, tables: Tables, scene: Scene, poses: PoseTrack, skips: SkipCounter) {
    const mountings = tables.mountings(scene).filter(([, { sensorName }]) => sensorName === lidarChannel)
    const tokens = mountings.map(([token]) => token)
    const there = new Set(log.files)
    const turnOf = (row: SampleDataRow): Turn => {
      const labels = tables.labelFiles.get(row.token)
      return {
        timeNs: poses.timeNs(nsOf(row.timestamp)),
        file: row.filename,
        labels: labels !== undefined && there.has(labels) ? labels : null,
        lidar: tokens.indexOf(row.calibrated_sensor_token),
      }
    }
    const rows = (await tables.sweeps(scene)).sort((a, b) => a.timestamp - b.timestamp)
    const missing = rows.filter(({ filename }) => !there.has(filename))
    skips.add('sweep', 'its file is not there', missing[0]?.filename ?? '', missing.length)
    let turns = rows.filter(({ filename }) => there.has(filename)).map(turnOf)
    const unlabelled = turns.filter(({ labels }) => labels === null)
    const isLabelled = unlabelled.length < turns.length
    if (isLabelled) {
      skips.add('sweep', 'without the labels of its scene', unlabelled[0]?.file ?? '', unlabelled.length)
      turns = turns.filter(({ labels }) => labels !== null)
    }
    if (turns.length === 0) return null
    const times = increasing(log, turns)
    const lidars = mountings.map(([, sensor]) => sensor)
    return new Sweeps(log, turns, times, lidars, isLabelled ? namesOf(log, tables) : null, skips)
  }

  /** Throws DataError for a file that is not whole points, or labels that are not one a point. */
  async read(index: number): Promise<Sweep> {
    const { timeNs, file, labels, lidar } = this.turns[index]
    const raw = await pointsOf(join(this.log.dir, file))
    const rows = raw.length / pointNumbers
    const codes = labels === null ? null : await codesOf(join(this.log.dir, labels), rows)
    const pointsM = new Float32Array(3 * rows)
    for (let row = 0; row < rows; row++)
      for (let axis = 0; axis < 3; axis++) pointsM[3 * row + axis] = raw[pointNumbers * row + axis]
    const sweep: Sweep = {
      timeNs,
      count: rows,
      pointsM,
      lidar: new Uint8Array(rows).fill(lidar),
      offsetNs: pointOffsetsNs(rows, (row) => raw[pointNumbers * row + 4]),
      category: codes,
      file,
      source: sourceOf(this.log, file),
    }
    dropPoints(sweep, (row) => faultOf(sweep, row), this.skips)
    transformPoints(this.lidars[lidar].egoFromSensor, pointsM, sweep.count)
    return sweep
  }
}

/** Why a point, in the LiDAR's frame, is none of the scene's; null when it is. */
function faultOf({ pointsM, category }: Sweep, row: number): string | null {
  if (!isFinitePoint(pointsM, row)) return notFinite
  const isNear = Math.abs(pointsM[3 * row]) < ownCarM && Math.abs(pointsM[3 * row + 1]) < ownCarM
  return isNear && category === null ? ownCar : null
}

function increasing({ dir }: HashedLog, turns: readonly Turn[]): Float64Array {
  turns.forEach(({ timeNs, file }, i) => {
    if (i > 0 && timeNs === turns[i - 1].timeNs)
      throw new DataError('two sweeps of one time', { file: join(dir, file), actual: turns[i - 1].file })
  })
  return Float64Array.from(turns, ({ timeNs }) => timeNs)
}

function namesOf({ dir, files }: HashedLog, { pointCategories }: Tables): readonly string[] {
  if (pointCategories) return pointCategories
  const file = join(dir, files.find((name) => name.endsWith('/category.json')) ?? 'category.json')
  throw new DataError('points are labelled by codes that no category has', { file, expected: 'rows with an index' })
}

/** x y z intensity ring a point. */
async function pointsOf(file: string): Promise<Float32Array> {
  const bytes = await readWhole(file)
  if (bytes.length % pointBytes === 0)
    // A copy: a typed array starts at a multiple of its element's size, and small files share a buffer.
    return new Float32Array(new Uint8Array(bytes).buffer)
  throw new DataError('a sweep that ends within a point', {
    file,
    place: `byte ${bytes.length - (bytes.length % pointBytes)}`,
    expected: `${pointBytes} bytes a point`,
    actual: `${bytes.length % pointBytes}`,
  })
}

/** One code a point. */
async function codesOf(file: string, points: number): Promise<Uint8Array> {
  const bytes = await readWhole(file)
  if (bytes.length === points) return new Uint8Array(bytes)
  throw new DataError('not one label a point', { file, expected: `${points} bytes`, actual: `${bytes.length}` })
}

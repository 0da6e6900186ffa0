import { DataError } from '../../errors.js'
import { deskew, spanOf } from '../deskew.js'
import { type HashedLog, type Sensor, type Sweep, type SweepSource, sourceOf } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'
import type { Bag } from './bag.js'
import type { BagIndex } from './bagIndex.js'
import type { CloudMessage } from './cloudMessages.js'
import { faultOf, fieldValues, type Returns, returnsOf } from './cloudPoints.js'
import type { CloudTopic } from './cloudTopics.js'
import type { Description } from './description.js'
import type { EgoPoses } from './egoPoses.js'
import { lidarTopics, type PlacedLidar, placedLidar } from './lidars.js'
import { messageTypeOf } from './messages.js'
import { maxOffsetNs, offsetNs, type PointClock } from './pointTimes.js'
import { topicName } from './stampOrder.js'
import { type PlannedSweep, periodOf, planSweeps } from './sweepPlan.js'

/** What a bag's sweeps are made from. */
export interface CloudSources {
  log: HashedLog
  /** The bag's files below the log's folder, as `MessageRef.file` counts them. */
  files: readonly string[]
  bag: Bag
  index: BagIndex
  description: Description
  poses: EgoPoses
  skips: SkipCounter
}

/** The clouds of a bag's LiDARs, joined to sweeps in the ego frame. */
export class CloudSweeps implements SweepSource {
  readonly timesNs: Float64Array
  readonly lidars: readonly Sensor[]
  readonly pointCategories = null
  readonly movingCategories = null
  private readonly clocks: readonly (PointClock | null)[]
  /** Index in `lidars` of each topic: clouds of one frame are of one LiDAR. */
  private readonly lidarOf: readonly number[]
  private readonly plan: readonly PlannedSweep[]

  private constructor(
    private readonly sources: CloudSources,
    private readonly topics: readonly CloudTopic[],
    private readonly placed: readonly PlacedLidar[],
  ) {
    const { poses, skips, bag, index } = sources
    const sensors = placed.map(({ sensor }) => sensor)
    this.lidarOf = sensors.map(({ sensorName }) => sensors.findIndex((sensor) => sensor.sensorName === sensorName))
    const firsts = [...new Set(this.lidarOf)]
    this.lidarOf = this.lidarOf.map((first) => firsts.indexOf(first))
    this.lidars = firsts.map((first) => sensors[first])
    this.clocks = topics.map((topic) => topic.survey.clock(Number(periodOf(topic))))
    for (const { name } of topics) index.order.refuseSetBack(topicName(name), bag.file)
    const planned = planSweeps(topics, skips)
    const covered = planned.filter(({ stampNs }) => poses.covers(stampNs))
    // Of a log without any the checks say what is wrong with its clocks.
    this.plan = covered.length > 0 ? covered : planned
    const lost = covered.length > 0 && planned.find(({ stampNs }) => !poses.covers(stampNs))
    if (lost) skips.add('sweep', 'no poses around its time', `time ${lost.stampNs}`, planned.length - this.plan.length)
    this.timesNs = Float64Array.from(this.plan, ({ stampNs }) => poses.track.timeNs(stampNs))
  }

  /** Null for a bag without clouds. Throws DataError when it is not clear which clouds to take or where a LiDAR stands. */
  static open(sources: CloudSources): CloudSweeps | null {
    const topics = lidarTopics(sources)
    return topics.length > 0
      ? new CloudSweeps(
          sources,
          topics,
          topics.map((topic) => placedLidar(topic, sources)),
        )
      : null
  }

  async read(index: number): Promise<Sweep> {
    const { stampNs, parts } = this.plan[index]
    const clouds = []
    for (const part of parts) clouds.push(await this.points(part, stampNs))
    const count = clouds.reduce((sum, cloud) => sum + cloud.count, 0)
    const { files, log } = this.sources
    const file = files[this.topics[0].clouds[parts[0].cloud].ref.file]
    const sweep: Sweep = {
      timeNs: this.timesNs[index],
      count,
      pointsM: new Float32Array(3 * count),
      lidar: new Uint8Array(count),
      offsetNs: new Int32Array(count),
      category: null,
      file,
      source: sourceOf(log, file),
    }
    let at = 0
    clouds.forEach((cloud, i) => {
      sweep.pointsM.set(cloud.pointsM.subarray(0, 3 * cloud.count), 3 * at)
      sweep.offsetNs.set(cloud.offsetNs.subarray(0, cloud.count), at)
      sweep.lidar.fill(this.lidarOf[parts[i].topic], at, at + cloud.count)
      at += cloud.count
    })
    return sweep
  }

  /** One cloud's points in the ego frame of the sweep's time. */
  private async points({ topic, cloud }: PlannedSweep['parts'][number], sweepNs: bigint) {
    const { bag, index, poses, description } = this.sources
    const own = this.topics[topic]
    const entry = own.clouds[cloud]
    const known = messageTypeOf(entry.topic.type)
    if (known?.role !== 'cloud') throw new Error(`${entry.topic.type} is no cloud`)
    const message: CloudMessage = known.parse.parse(index.decode(entry.topic, await bag.read(entry.ref)))
    const fault = faultOf(message)
    if (fault) throw new DataError(fault, { file: bag.file, place: index.placeOf(entry) })
    const returns = returnsOf(message)
    this.count(message, returns, index.placeOf(entry))
    const laterNs = Number(entry.stampNs - sweepNs)
    const offsets = this.offsets(message, returns, this.clocks[topic], entry.stampNs, index.placeOf(entry))
    const { egoFromCloud } = this.placed[topic]
    const taken = description.motion_compensated ? new Int32Array(returns.count) : offsets
    for (let p = 0; p < returns.count; p++) offsets[p] += laterNs
    if (description.motion_compensated) taken.fill(laterNs)
    const timeNs = poses.track.timeNs(sweepNs)
    this.dropWithoutPose(returns, [taken, offsets], timeNs, index.placeOf(entry))
    deskew(returns.pointsM, taken, returns.count, timeNs, egoFromCloud, poses.track)
    return { count: returns.count, pointsM: returns.pointsM, offsetNs: offsets }
  }

  /** A turn may begin before a gap of the poses and end in it: what has no pose must not cost the frames made of the rest. */
  private dropWithoutPose(
    returns: Returns,
    [takenNs, offsetsNs]: [Int32Array, Int32Array],
    timeNs: number,
    place: string,
  ) {
    const { track } = this.sources.poses
    const { count, pointsM } = returns
    const isLost = (ns: number) => track.faultAt(timeNs + ns) !== null
    if (!spanOf(takenNs, count).some(isLost)) return
    let kept = 0
    for (let p = 0; p < count; p++) {
      if (isLost(takenNs[p])) continue
      pointsM.copyWithin(3 * kept, 3 * p, 3 * p + 3)
      takenNs[kept] = takenNs[p]
      offsetsNs[kept++] = offsetsNs[p]
    }
    this.sources.skips.add('point', 'no pose of its time', place, count - kept)
    returns.count = kept
  }

  private count({ dense }: CloudMessage, returns: Returns, place: string): void {
    const { skips } = this.sources
    // In a cloud that is not dense, NaN is how a ray that did not return is written: nothing is lost.
    if (dense)
      skips.add('point', 'coordinates are not finite', `${place}, point ${returns.firstNotFinite}`, returns.notFinite)
    skips.add('point', 'at the sensor itself: the ray did not return', place, returns.atSensor)
  }

  /** ns after the cloud's stamp; drops and counts points whose time is no time of this cloud. */
  private offsets(
    cloud: CloudMessage,
    returns: Returns,
    clock: PointClock | null,
    stampNs: bigint,
    place: string,
  ): Int32Array {
    const offsets = new Int32Array(returns.count)
    const field = clock && cloud.fields.find(({ name }) => name === clock.field)
    if (!clock || !field) return offsets
    const values = fieldValues(cloud, field)
    const { points, pointsM, count } = returns
    let kept = 0
    for (let p = 0; p < count; p++) {
      const ns = offsetNs(values[points[p]], clock, stampNs)
      if (!(Math.abs(ns) <= maxOffsetNs)) continue
      offsets[kept] = Math.round(ns)
      if (kept < p) pointsM.copyWithin(3 * kept, 3 * p, 3 * p + 3)
      kept++
    }
    this.sources.skips.add('point', "its time is no time, or more than 1 s from its cloud's", place, count - kept)
    returns.count = kept
    return offsets
  }
}

import { DataError } from '../../errors.js'
import { compose, invert, type Pose } from '../../pose.js'
import { freeIndex } from '../../taxonomy.js'
import { nearestIndex } from '../frameTimes.js'
import { categoryCounts, countUnmapped, leftOut } from '../labels.js'
import type { Box, RawLog, Sweep, SweepSource } from '../reader.js'
import { UnreadableError } from '../unreadableError.js'
import type { BoxMotions } from './boxMotions.js'
import { BoxTracks } from './boxTracks.js'
import { forEachBoxVoxel } from './boxVoxels.js'
import { CarriedBoxes } from './carriedBoxes.js'
import { GroundColumns } from './groundColumns.js'
import { type KernelPlan, shelveKernel, takeKernel } from './kernelShelf.js'
import type { VoxelKernel } from './kernels/voxelKernel.js'
import type { BuiltFrame, FrameBuilder, OccupancyMethod, Scene } from './occupancyMethod.js'
import { PointHits } from './pointHits.js'
import { RayOrigins } from './rayOrigins.js'
import { SeenVoxels } from './seenVoxels.js'
import { SweepCache } from './sweepCache.js'
import { SweepPoints } from './sweepPoints.js'

/** A sweep older than this feeds no frame, however few there are. */
const maxSweepAgeNs = 1e9
/** A box that moves further than this during the frame's own sweep was passed by rays of other times. */
const smearM = 0.1
/** Share of a voxel that the map's ground fills at least where rays that pass it see ground. */
const filledShare = 0.25

/**
 * Occupancy from LiDAR. A voxel is occupied when a point of any of the frame's sweeps lies in it, whatever rays pass
 * through it as well; it is observed when a point or a ray touched it; its class is the vote of its points.
 */
export const lidarOccupancy: OccupancyMethod = {
  offeredNs: (log) => sweepsOf(log).timesNs,
  open: (scene) => new LidarFrames(scene, sweepsOf(scene.log)),
}

function sweepsOf(log: RawLog): SweepSource {
  if (log.sweeps) return log.sweeps
  throw new DataError('no sweeps to take occupancy from', { file: log.dir, expected: 'LiDAR sweeps' })
}

class LidarFrames implements FrameBuilder {
  private readonly tracks: BoxTracks | null
  private readonly ground: GroundColumns
  private readonly plan: KernelPlan
  private readonly kernel: VoxelKernel
  private readonly seen: SeenVoxels
  private readonly points = new SweepPoints()
  private readonly hits: PointHits
  private readonly cache: SweepCache

  constructor(
    private readonly scene: Scene,
    private readonly source: SweepSource,
  ) {
    const { log, grid, taxonomy, labels, sensorMasks, skips } = scene
    this.cache = new SweepCache(source, ({ category, count, file }) => {
      if (!category) return
      const counts = categoryCounts({ codes: category, count, file }, source.pointCategories ?? [])
      countUnmapped(labels, 'point', counts, skips)
    })
    this.tracks = log.boxes && new BoxTracks(log.boxes, log.poses)
    this.ground = new GroundColumns(grid)
    const lidars = source.lidars.map(({ sensorName }) => sensorName)
    this.plan = { grid, taxonomy, masks: sensorMasks ? lidars.length : 1, lidars: lidars.length }
    this.kernel = takeKernel(this.plan)
    this.seen = new SeenVoxels(this.kernel, grid, sensorMasks ? lidars : null)
    this.hits = new PointHits(scene, this.kernel)
  }

  async build(timeNs: number, cityFromEgo: Pose): Promise<BuiltFrame> {
    const own = nearestIndex(this.source.timesNs, timeNs)
    const boxes = this.tracks?.at(timeNs) ?? []
    const { map } = this.scene.log
    if (map) {
      this.ground.place(map, cityFromEgo)
      this.kernel.placeGround(this.ground)
    }
    this.kernel.clear()
    let lidarPoints = 0
    const earlier = this.earlierThan(own)
    let sweeps = 1
    for (const index of earlier) {
      const sweep = await this.readable(index)
      if (!sweep) continue
      lidarPoints += this.addEarlier(sweep, cityFromEgo, boxes)
      sweeps++
    }
    if (sweeps > 1) this.forgetIn(boxes)
    const sweep = await this.cache.sweep(own)
    lidarPoints += this.addOwn(sweep, cityFromEgo, boxes)
    this.cache.forgetBefore(earlier[0] ?? own)
    const semantics = this.kernel.semantics(freeIndex(this.scene.taxonomy), (voxels) => this.drawGround(voxels))
    return { semantics, ...this.seen.bits(), lidarPoints, sweeps, source: sweep.source }
  }

  /** An earlier sweep, without which a frame is still one; null where it cannot be read. */
  private async readable(index: number): Promise<Sweep | null> {
    try {
      return await this.cache.sweep(index)
    } catch (error) {
      if (error instanceof UnreadableError) return null
      throw error
    }
  }

  close(): void {
    shelveKernel(this.plan, this.kernel)
  }

  /**
   * Sweeps before the frame's own that feed it: those whose movers annotations can carry to the frame, or the source's
   * labels tell, so that they can be left behind. None from before a jump of the poses: it would be smeared.
   */
  private earlierThan(own: number): number[] {
    const { timesNs } = this.source
    const { sweeps, skips, log } = this.scene
    const { poses } = log
    const first = Math.max(0, own - sweeps + 1)
    const recent = Array.from({ length: own - first }, (_, i) => first + i).filter(
      (index) => timesNs[own] - timesNs[index] <= maxSweepAgeNs && poses.isContinuous(timesNs[index], timesNs[own]),
    )
    if (this.source.movingCategories) return recent
    const covered = this.tracks?.covers(timesNs[own]) ? recent.filter((i) => this.tracks?.covers(timesNs[i])) : []
    const left = recent.length - covered.length
    if (this.tracks)
      skips.add('sweep', 'no annotations of its time carry its movers: not aggregated', 'annotations', left)
    else skips.add('sweep', 'neither boxes nor labels say what moves: frames have their own sweep alone', '', left)
    return covered
  }

  /** Returns the points that took part. */
  private addEarlier(sweep: Sweep, cityFromEgo: Pose, boxesNow: readonly Box[]): number {
    const boxesThen = this.tracks?.at(sweep.timeNs) ?? []
    const motions = this.label(sweep, boxesThen)
    this.hits.addEarlier(sweep, this.points, new CarriedBoxes(boxesThen, boxesNow, motions))
    this.trace(sweep, cityFromEgo)
    return this.points.kept
  }

  /** `boxes` are those of the frame's time, which is the sweep's. Returns the points that took part. */
  private addOwn(sweep: Sweep, cityFromEgo: Pose, boxes: readonly Box[]): number {
    const motions = this.label(sweep, boxes)
    this.hits.addOwn(sweep, this.points, motions && new CarriedBoxes(boxes, boxes, motions))
    this.trace(sweep, cityFromEgo)
    if (motions) this.forgetIn(boxes.filter(({ sizeM }, b) => motions.travelM(b, Math.hypot(...sizeM) / 2) > smearM))
    return this.points.kept
  }

  /** Labels the sweep's points; returns how its boxes move meanwhile, where that is to be undone. */
  private label(sweep: Sweep, boxes: readonly Box[]): BoxMotions | null {
    const { labels, skips } = this.scene
    const motions = this.tracks?.motionsIn(sweep, boxes) ?? null
    this.points.label(sweep, boxes, motions, labels, this.source.pointCategories)
    if (!sweep.category) skips.add('point', 'in a box that is left out', sweep.file, sweep.count - this.points.kept)
    return motions
  }

  /** Casts the rays of the labelled points in the ego frame of `cityFromEgo`, as if the world stood still. */
  private trace(sweep: Sweep, cityFromEgo: Pose): void {
    const { poses } = this.scene.log
    const frameFromCity = invert(cityFromEgo)
    const frameFromSweep = compose(frameFromCity, poses.at(sweep.timeNs))
    const origins = new RayOrigins(sweep, this.source.lidars, poses, frameFromCity)
    this.kernel.addSweep(sweep, this.points.classes, frameFromSweep, origins)
  }

  /**
   * Where rays passed a voxel that the map's ground lies in, they passed over the ground: without this, the road between
   * the rings that a LiDAR draws on it would be free.
   */
  private drawGround(semantics: Uint8Array): void {
    const { grid, labels, log } = this.scene
    if (!log.map) return
    const Z = grid.dims[2]
    for (let column = 0; column < this.ground.drivable.length; column++) {
      const layer = this.ground.drivable[column] ? this.ground.layer(column, filledShare * grid.voxelM) : -1
      if (layer >= 0 && this.seen.hasPassed(column * Z + layer)) semantics[column * Z + layer] = labels.drivable
    }
  }

  /**
   * What rays found empty is so still, but where a box stands at the frame's time: of its inside only rays of that time
   * can tell.
   */
  private forgetIn(boxes: readonly Box[]): void {
    for (const { egoFromBox, sizeM, category } of boxes) {
      if (this.scene.labels.classOf(category) === leftOut) continue
      forEachBoxVoxel(this.scene.grid, egoFromBox, sizeM, (voxel) => this.seen.forget(voxel))
    }
  }
}

import { DataError } from '../errors.js'
import { packBits, voxelCount } from '../grid.js'
import type { Pose } from '../pose.js'
import { freeIndex } from '../taxonomy.js'
import { BoxTracks } from './boxTracks.js'
import { forEachBoxVoxel } from './boxVoxels.js'
import { CarriedBoxes } from './carriedBoxes.js'
import { nearestIndex } from './frameTimes.js'
import { GroundColumns } from './groundColumns.js'
import { categoryCounts, countUnmapped, leftOut } from './labels.js'
import type { BuiltFrame, FrameBuilder, OccupancyMethod, Scene } from './occupancyMethod.js'
import { PointHits } from './pointHits.js'
import { RayCaster } from './rayCaster.js'
import type { Box, RawLog, Sweep, SweepSource } from './reader.js'
import { SweepCache } from './sweepCache.js'
import { SweepPoints } from './sweepPoints.js'

/** A sweep older than this feeds no frame, however few there are. */
const maxSweepAgeNs = 1e9

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
  private readonly caster: RayCaster
  private readonly points = new SweepPoints()
  private readonly hits: PointHits
  private readonly cache: SweepCache
  /** One byte a voxel: a ray passed. */
  private readonly passed: Uint8Array

  constructor(
    private readonly scene: Scene,
    private readonly source: SweepSource,
  ) {
    const { log, grid, labels, skips } = scene
    this.cache = new SweepCache(source, ({ category, count, file }) => {
      if (!category) return
      const counts = categoryCounts({ codes: category, count, file }, source.pointCategories ?? [])
      countUnmapped(labels, 'point', counts, skips)
    })
    this.tracks = log.boxes && new BoxTracks(log.boxes, log.poses)
    this.ground = new GroundColumns(grid)
    this.caster = new RayCaster(grid)
    this.hits = new PointHits(scene, this.ground)
    this.passed = new Uint8Array(voxelCount(grid))
  }

  async build(timeNs: number, cityFromEgo: Pose): Promise<BuiltFrame> {
    const own = nearestIndex(this.source.timesNs, timeNs)
    const boxes = this.tracks?.at(timeNs) ?? []
    this.ground.place(this.scene.log.map, cityFromEgo)
    this.hits.clear()
    this.passed.fill(0)
    let lidarPoints = 0
    const earlier = this.earlierThan(own)
    this.caster.clear()
    for (const index of earlier) lidarPoints += this.add(await this.cache.sweep(index), cityFromEgo, boxes)
    if (earlier.length > 0) this.passEarlier(boxes)
    const sweep = await this.cache.sweep(own)
    lidarPoints += this.add(sweep, cityFromEgo, null)
    this.caster.markPassed(this.passed)
    this.cache.forgetBefore(earlier[0] ?? own)
    return { ...this.grids(), observedBy: null, lidarPoints, sweeps: earlier.length + 1, source: sweep.source }
  }

  /** Sweeps before the frame's own that feed it: those whose movers annotations can carry to the frame. */
  private earlierThan(own: number): number[] {
    const { timesNs } = this.source
    const { sweeps, skips } = this.scene
    const first = Math.max(0, own - sweeps + 1)
    const recent = Array.from({ length: own - first }, (_, i) => first + i).filter(
      (index) => timesNs[own] - timesNs[index] <= maxSweepAgeNs,
    )
    const covered = this.tracks?.covers(timesNs[own]) ? recent.filter((i) => this.tracks?.covers(timesNs[i])) : []
    const left = recent.length - covered.length
    skips.add('sweep', 'no annotations of its time carry its movers: not aggregated', 'annotations', left)
    return covered
  }

  /**
   * What earlier rays found empty is so still, but where a box stands now: its inside is for the frame's own sweep to
   * tell.
   */
  private passEarlier(boxes: readonly Box[]): void {
    this.caster.markPassed(this.passed)
    this.caster.clear()
    for (const { egoFromBox, sizeM, category } of boxes) {
      if (this.scene.labels.classOf(category) === leftOut) continue
      forEachBoxVoxel(this.scene.grid, egoFromBox, sizeM, (voxel) => {
        this.passed[voxel] = 0
      })
    }
  }

  /** Casts one sweep's rays and counts its hits; returns its points. `boxesNow` is null for the frame's own sweep. */
  private add(sweep: Sweep, cityFromEgo: Pose, boxesNow: readonly Box[] | null): number {
    const { log, labels, skips } = this.scene
    const boxesThen = this.tracks?.at(sweep.timeNs) ?? []
    this.points.label(sweep, boxesThen, labels, this.source.pointCategories)
    if (!sweep.category) skips.add('point', 'in a box that is left out', sweep.file, sweep.count - this.points.kept)
    this.points.trace(sweep, this.source.lidars, log.poses, cityFromEgo)
    this.caster.cast(this.points.rays)
    if (boxesNow) this.hits.addEarlier(sweep, this.points, new CarriedBoxes(boxesThen, boxesNow))
    else this.hits.addOwn(this.points)
    return this.points.kept
  }

  private grids(): Pick<BuiltFrame, 'semantics' | 'observed'> {
    const { grid, taxonomy } = this.scene
    const semantics = new Uint8Array(voxelCount(grid)).fill(freeIndex(taxonomy))
    this.hits.draw(semantics, this.passed)
    return { semantics, observed: packBits(this.passed) }
  }
}

import type { Grid } from '../grid.js'
import type { CarriedBoxes } from './carriedBoxes.js'
import type { GroundColumns } from './groundColumns.js'
import { type Labels, leftOut } from './labels.js'
import type { Scene } from './occupancyMethod.js'
import type { Sweep, SweepSource } from './reader.js'
import type { SeenVoxels } from './seenVoxels.js'
import type { SkipCounter } from './skipCounter.js'
import { type SweepPoints, untold } from './sweepPoints.js'
import { VoxelVotes } from './voxelVotes.js'

/** An unlabelled point this near to the map's ground, up or down, in a drivable column, is drivable ground. */
export const groundBandM = 0.3

/** Collects the points of a frame's sweeps in its voxels. */
export class PointHits {
  private readonly grid: Grid
  private readonly labels: Labels
  private readonly skips: SkipCounter
  private readonly votes: VoxelVotes
  private readonly carried = new Float32Array(3)
  /** By class index: ground and structure stay where they are even inside a box. */
  private readonly stays: readonly boolean[]
  /**
   * By class index: vehicles and persons of classes that the log annotates. What it never annotates (parked aircraft,
   * say) is scenery.
   */
  private readonly moves: readonly boolean[]
  /** By code of the points' categories: the source says it was moving. Null when it does not tell. */
  private readonly moving: readonly boolean[] | null

  constructor(
    { grid, taxonomy, labels, skips, log }: Scene,
    private readonly ground: GroundColumns,
    private readonly seen: SeenVoxels,
  ) {
    this.grid = grid
    this.labels = labels
    this.skips = skips
    this.votes = new VoxelVotes(grid, taxonomy)
    this.stays = taxonomy.classes.map(({ superclass }) => superclass === 'ground' || superclass === 'structure')
    const annotated = new Set(log.boxes?.categories.map(({ name }) => labels.classOf(name)))
    this.moves = taxonomy.classes.map(
      ({ superclass }, index) => (superclass === 'vehicle' || superclass === 'person') && annotated.has(index),
    )
    this.moving = movingCodes(log.sweeps)
  }

  clear(): void {
    this.votes.clear()
  }

  /**
   * The frame's own sweep: every point is where it is; those of movers, which went on during the turn, are taken to
   * where they were at the frame's time by `carriers`, null where there is nothing to undo.
   */
  addOwn(sweep: Sweep, { count, classes, boxes, rays }: SweepPoints, carriers: CarriedBoxes | null): void {
    for (let p = 0; p < count; p++) {
      const label = classes[p]
      if (label === leftOut) continue
      if (carriers && boxes[p] >= 0 && !this.stays[label]) this.voteCarried(label, sweep, p, carriers, boxes[p])
      else this.vote(label, sweep.lidar[p], rays.toM, 3 * p)
    }
  }

  /**
   * An earlier sweep: points in a box go with its track, and are dropped when the track has no box at the frame's time;
   * points of things that move but lie in no box are dropped too, for nothing says where they are now. What moves the
   * source's labels tell, where they do; else it is what the log annotates.
   */
  addEarlier(sweep: Sweep, { count, classes, boxes, rays }: SweepPoints, carriers: CarriedBoxes): void {
    let [trackless, boxless] = [0, 0]
    for (let p = 0; p < count; p++) {
      const label = classes[p]
      if (label === leftOut) continue
      const box = boxes[p]
      if (box < 0 || this.stays[label]) {
        if (this.hasMoved(label, sweep, p)) boxless++
        else this.vote(label, sweep.lidar[p], rays.toM, 3 * p)
      } else if (carriers.has(box)) this.voteCarried(label, sweep, p, carriers, box)
      else trackless++
    }
    this.skips.add('point', 'of an earlier sweep, in a box that is gone by the frame', sweep.file, trackless)
    this.skips.add('point', 'of an earlier sweep, on something that moves but has no box', sweep.file, boxless)
  }

  /** Writes the class of every hit voxel. */
  draw(semantics: Uint8Array): void {
    const { votes } = this
    for (let slot = 0; slot < votes.count; slot++) semantics[votes.voxels[slot]] = votes.winner(slot)
  }

  private hasMoved(label: number, { category }: Sweep, p: number): boolean {
    return this.moving && category ? this.moving[category[p]] : label >= 0 && this.moves[label]
  }

  private voteCarried(
    label: number,
    { pointsM, offsetNs, lidar }: Sweep,
    p: number,
    carriers: CarriedBoxes,
    box: number,
  ): void {
    const at = 3 * p
    carriers.carry(box, pointsM[at], pointsM[at + 1], pointsM[at + 2], this.carried, offsetNs[p] * 1e-9)
    this.vote(label, lidar[p], this.carried, 0)
  }

  private vote(label: number, lidar: number, placesM: Float32Array, at: number): void {
    const { originM, voxelM, dims } = this.grid
    const perM = 1 / voxelM
    const i = Math.floor((placesM[at] - originM[0]) * perM)
    const j = Math.floor((placesM[at + 1] - originM[1]) * perM)
    const k = Math.floor((placesM[at + 2] - originM[2]) * perM)
    if (i < 0 || j < 0 || k < 0 || i >= dims[0] || j >= dims[1] || k >= dims[2]) return
    const column = i * dims[1] + j
    const voxel = column * dims[2] + k
    this.seen.touch(lidar, voxel)
    this.votes.add(voxel, label === untold ? this.untoldClass(column, placesM[at + 2]) : label)
  }

  private untoldClass(column: number, zM: number): number {
    const { drivable, heightM } = this.ground
    const isGround = drivable[column] === 1 && Math.abs(zM - heightM[column]) <= groundBandM
    return isGround ? this.labels.drivable : this.labels.others
  }
}

function movingCodes(source: SweepSource | null): readonly boolean[] | null {
  if (!source?.movingCategories || !source.pointCategories) return null
  const { movingCategories } = source
  return source.pointCategories.map((category) => movingCategories.has(category))
}

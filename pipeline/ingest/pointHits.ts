import type { Grid } from '../grid.js'
import type { CarriedBoxes } from './carriedBoxes.js'
import type { GroundColumns } from './groundColumns.js'
import { type Labels, leftOut } from './labels.js'
import type { Scene } from './occupancyMethod.js'
import type { Sweep } from './reader.js'
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

  constructor(
    { grid, taxonomy, labels, skips, log }: Scene,
    private readonly ground: GroundColumns,
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
  }

  clear(): void {
    this.votes.clear()
  }

  /** The frame's own sweep: every point is where it is. */
  addOwn({ count, classes, rays }: SweepPoints): void {
    for (let p = 0; p < count; p++) if (classes[p] !== leftOut) this.vote(classes[p], rays.toM, 3 * p)
  }

  /**
   * An earlier sweep: points in a box go with its track, and are dropped when the track has no box at the frame's time;
   * points of things that move but lie in no box are dropped too, for nothing says where they are now.
   */
  addEarlier(sweep: Sweep, { count, classes, boxes, rays }: SweepPoints, carriers: CarriedBoxes): void {
    let [trackless, boxless] = [0, 0]
    for (let p = 0; p < count; p++) {
      const label = classes[p]
      if (label === leftOut) continue
      const box = boxes[p]
      if (box < 0 || this.stays[label]) {
        if (label >= 0 && this.moves[label]) boxless++
        else this.vote(label, rays.toM, 3 * p)
      } else if (carriers.has(box)) {
        const { pointsM } = sweep
        carriers.carry(box, pointsM[3 * p], pointsM[3 * p + 1], pointsM[3 * p + 2], this.carried)
        this.vote(label, this.carried, 0)
      } else trackless++
    }
    this.skips.add('point', 'of an earlier sweep, in a box that is gone by the frame', sweep.file, trackless)
    this.skips.add('point', 'of an earlier sweep, on something that moves but has no box', sweep.file, boxless)
  }

  /** Writes the class of every hit voxel, and marks it observed (one byte a voxel). */
  draw(semantics: Uint8Array, observed: Uint8Array): void {
    const { votes } = this
    for (let slot = 0; slot < votes.count; slot++) {
      const voxel = votes.voxels[slot]
      semantics[voxel] = votes.winner(slot)
      observed[voxel] = 1
    }
  }

  private vote(label: number, placesM: Float32Array, at: number): void {
    const { originM, voxelM, dims } = this.grid
    const perM = 1 / voxelM
    const i = Math.floor((placesM[at] - originM[0]) * perM)
    const j = Math.floor((placesM[at + 1] - originM[1]) * perM)
    const k = Math.floor((placesM[at + 2] - originM[2]) * perM)
    if (i < 0 || j < 0 || k < 0 || i >= dims[0] || j >= dims[1] || k >= dims[2]) return
    const column = i * dims[1] + j
    this.votes.add(column * dims[2] + k, label === untold ? this.untoldClass(column, placesM[at + 2]) : label)
  }

  private untoldClass(column: number, zM: number): number {
    const { drivable, heightM } = this.ground
    const isGround = drivable[column] === 1 && Math.abs(zM - heightM[column]) <= groundBandM
    return isGround ? this.labels.drivable : this.labels.others
  }
}

import { leftOut } from '../labels.js'
import type { Sweep, SweepSource } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'
import type { CarriedBoxes } from './carriedBoxes.js'
import type { VoxelKernel } from './kernels/voxelKernel.js'
import type { Scene } from './occupancyMethod.js'
import { type SweepPoints, unvoted } from './sweepPoints.js'

/** An unlabelled point this near to the map's ground, up or down, in a drivable column, is drivable ground. */
export const groundBandM = 0.3

/** Decides which points of a frame's sweeps vote where they are, which are carried elsewhere first, and which not at all. */
export class PointHits {
  private readonly skips: SkipCounter
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
    { taxonomy, labels, skips, log }: Scene,
    private readonly kernel: VoxelKernel,
  ) {
    this.skips = skips
    kernel.setUntold(labels.drivable, labels.others, groundBandM)
    this.stays = taxonomy.classes.map(({ superclass }) => superclass === 'ground' || superclass === 'structure')
    const annotated = new Set(log.boxes?.categories.map(({ name }) => labels.classOf(name)))
    this.moves = taxonomy.classes.map(
      ({ superclass }, index) => (superclass === 'vehicle' || superclass === 'person') && annotated.has(index),
    )
    this.moving = movingCodes(log.sweeps)
  }

  /**
   * The frame's own sweep: every point is where it is; those of movers, which went on during the turn, are taken to
   * where they were at the frame's time by `carriers`, null where there is nothing to undo. So they are not where nothing tells
   * their box from others.
   */
  addOwn(sweep: Sweep, { count, classes, boxes }: SweepPoints, carriers: CarriedBoxes | null): void {
    if (!carriers) return
    for (let p = 0; p < count; p++) {
      if (classes[p] === leftOut || boxes[p] < 0 || this.stays[classes[p]] || !carriers.has(boxes[p])) continue
      this.voteCarried(classes[p], sweep, p, carriers, boxes[p])
      classes[p] = unvoted
    }
  }

  /**
   * An earlier sweep: points in a box go with its track, and are dropped when the track has no box at the frame's time;
   * points of things that move but lie in no box are dropped too, for nothing says where they are now. What moves the
   * source's labels tell, where they do; else it is what the log annotates.
   */
  addEarlier(sweep: Sweep, { count, classes, boxes }: SweepPoints, carriers: CarriedBoxes): void {
    let [trackless, boxless] = [0, 0]
    for (let p = 0; p < count; p++) {
      const label = classes[p]
      if (label === leftOut) continue
      const box = boxes[p]
      if (box < 0 || this.stays[label]) {
        if (!this.hasMoved(label, sweep, p)) continue
        boxless++
      } else if (carriers.has(box)) this.voteCarried(label, sweep, p, carriers, box)
      else trackless++
      classes[p] = unvoted
    }
    this.skips.add('point', 'of an earlier sweep, in a box that is gone by the frame', sweep.file, trackless)
    this.skips.add('point', 'of an earlier sweep, on something that moves but has no box', sweep.file, boxless)
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
    this.kernel.voteAt(lidar[p], label, this.carried[0], this.carried[1], this.carried[2])
  }
}

function movingCodes(source: SweepSource | null): readonly boolean[] | null {
  if (!source?.movingCategories || !source.pointCategories) return null
  const { movingCategories } = source
  return source.pointCategories.map((category) => movingCategories.has(category))
}

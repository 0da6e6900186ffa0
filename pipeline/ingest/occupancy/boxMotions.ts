import { compose, invert, type Pose, rotate, type Vec3 } from '../../pose.js'
import type { Box } from '../reader.js'
import { followed } from './followed.js'

/** Numbers a box: its centre, its velocity (m/s), and its turning rate as a rotation vector (rad/s). */
const stride = 9
/** What moves less than this within a sweep is taken to stand: most boxes do, and need no arithmetic a point. */
const standsWithinM = 1e-3

/** Boxes at another time: `afterS` after the sweep's (negative: before), in the ego frame of the sweep's time. */
export interface Sight {
  afterS: number
  boxes: readonly Box[]
}

/**
 * How boxes move while a sweep is taken: evenly, each at its own velocity and turning rate. Everything is in the ego
 * frame of the sweep's time, which stands still in the city. Points are taken to where their thing was at that time.
 */
export class BoxMotions {
  private readonly values: Float64Array
  /** By box: it does not stand. */
  private readonly moving: Uint8Array

  /**
   * `boxes` as they are at the sweep's time; `spanS` is how far from it points were taken, at most. The first of `sights` that has
   * a track tells its motion; a track that none has is taken to stand.
   */
  constructor(
    boxes: readonly Box[],
    sights: readonly Sight[],
    readonly spanS: number,
  ) {
    const seen = sights.map((sight) => followed(boxes, sight.boxes))
    this.values = new Float64Array(stride * boxes.length)
    this.moving = new Uint8Array(boxes.length)
    boxes.forEach(({ egoFromBox, sizeM }, b) => {
      this.values.set(egoFromBox.t, stride * b)
      const first = seen.findIndex((then) => then[b] !== null)
      if (first < 0) return
      this.values.set(ratesBetween(egoFromBox, seen[first][b]!.egoFromBox, sights[first].afterS), stride * b + 3)
      this.moving[b] = this.travelM(b, Math.hypot(...sizeM) / 2) > standsWithinM ? 1 : 0
    })
  }

  /** Whether there is a motion of box `b` to undo. */
  moves(b: number): boolean {
    return this.moving[b] === 1
  }

  /** How far at most a point of box `b`, `armM` from its centre, moves within the sweep, metres. */
  travelM(b: number, armM: number): number {
    const v = this.values
    const at = stride * b + 3
    const turningRadps = Math.hypot(v[at + 3], v[at + 4], v[at + 5])
    return this.spanS * (Math.hypot(v[at], v[at + 1], v[at + 2]) + turningRadps * armM)
  }

  /**
   * Writes to `out` where the point of box `b` that was met at (x, y, z) `dtS` after the sweep's time was at the sweep's
   * time. The turn is taken to first order: at 1 rad/s and 0.1 s that is off by 5 mm a metre from the centre.
   */
  undo(b: number, dtS: number, xM: number, yM: number, zM: number, out: Float64Array): void {
    const v = this.values
    const at = stride * b
    const x = xM - v[at] - dtS * v[at + 3]
    const y = yM - v[at + 1] - dtS * v[at + 4]
    const z = zM - v[at + 2] - dtS * v[at + 5]
    out[0] = v[at] + x - dtS * (v[at + 7] * z - v[at + 8] * y)
    out[1] = v[at + 1] + y - dtS * (v[at + 8] * x - v[at + 6] * z)
    out[2] = v[at + 2] + z - dtS * (v[at + 6] * y - v[at + 7] * x)
  }
}

/** Velocity and turning rate that take a pose to another one in `dtS`. */
function ratesBetween(from: Pose, to: Pose, dtS: number): number[] {
  const velocity = to.t.map((metres, axis) => (metres - from.t[axis]) / dtS)
  const { q } = compose(invert(from), to)
  const sine = Math.hypot(q[1], q[2], q[3])
  // Twice the angle's half; of the two rotations that give the same pose, the shorter one.
  const angle = 2 * Math.atan2(sine, Math.abs(q[0])) * Math.sign(q[0] || 1)
  const perS = sine < 1e-9 ? 0 : angle / sine / dtS
  const turn: Vec3 = [q[1] * perS, q[2] * perS, q[3] * perS]
  return [...velocity, ...rotate(from.q, turn)]
}

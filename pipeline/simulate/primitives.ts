import { codeOf } from './categories.js'
import { type Station, wrapAngle } from './loop.js'
import { halfExtents, placed, type Shape } from './shapes.js'
import type { Actor } from './world.js'

/** No actor: a structure of the site. */
export const noActor = -1

/**
 * The shapes a sweep can see, as columns of numbers. Site frame, metres. A shape moves evenly during the sweep: at
 * share u of it, its centre is (x + u·moveX, y + u·moveY) and its heading yaw + u·turn.
 */
export class Primitives {
  count = 0
  readonly isBox: Uint8Array
  readonly code: Uint8Array
  /** Index of the actor it belongs to, or `noActor`. */
  readonly actor: Int32Array
  readonly x: Float64Array
  readonly y: Float64Array
  readonly z: Float64Array
  readonly halfX: Float64Array
  readonly halfY: Float64Array
  readonly halfZ: Float64Array
  readonly yaw: Float64Array
  readonly moveX: Float64Array
  readonly moveY: Float64Array
  readonly turn: Float64Array
  /** Radius of the footprint's circumscribed circle. */
  readonly reach: Float64Array

  constructor(readonly capacity: number) {
    const column = () => new Float64Array(capacity)
    this.isBox = new Uint8Array(capacity)
    this.code = new Uint8Array(capacity)
    this.actor = new Int32Array(capacity)
    this.x = column()
    this.y = column()
    this.z = column()
    this.halfX = column()
    this.halfY = column()
    this.halfZ = column()
    this.yaw = column()
    this.moveX = column()
    this.moveY = column()
    this.turn = column()
    this.reach = column()
  }

  /** Adds a shape that is at `start` when the sweep begins and at `end` when it ends. */
  add(start: Shape, end: Shape, actor = noActor): void {
    const i = this.count++
    const [hx, hy, hz] = halfExtents(start)
    this.isBox[i] = start.kind === 'box' ? 1 : 0
    this.code[i] = codeOf[start.category]
    this.actor[i] = actor
    this.x[i] = start.xM
    this.y[i] = start.yM
    this.z[i] = start.bottomM + hz
    this.halfX[i] = hx
    this.halfY[i] = hy
    this.halfZ[i] = hz
    this.yaw[i] = start.kind === 'box' ? start.yawRad : 0
    this.moveX[i] = end.xM - start.xM
    this.moveY[i] = end.yM - start.yM
    this.turn[i] = start.kind === 'box' && end.kind === 'box' ? wrapAngle(end.yawRad - start.yawRad) : 0
    this.reach[i] = start.kind === 'box' ? Math.hypot(hx, hy) : hx
  }
}

/** Everything of a world that may come within reach of a sensor, ready to be brought to the time of a sweep. */
export class Scene {
  readonly primitives: Primitives
  private readonly still: number

  /** `structures` never move; `actors` are placed anew for each sweep. */
  constructor(
    structures: readonly Shape[],
    private readonly actors: readonly Actor[],
  ) {
    const ofActors = actors.reduce((sum, { body }) => sum + body.shapes.length, 0)
    this.primitives = new Primitives(structures.length + ofActors)
    for (const shape of structures) this.primitives.add(shape, shape)
    const at: Station = { xM: 0, yM: 0, yawRad: 0 }
    actors.forEach((actor, index) => {
      if (actor.motion) return
      actor.stationAt(0, at)
      this.addBody(index, at, at)
    })
    this.still = this.primitives.count
  }

  /** Places what moves for a sweep between two times of the log. */
  moveTo(startS: number, endS: number): Primitives {
    this.primitives.count = this.still
    const [start, end]: Station[] = [
      { xM: 0, yM: 0, yawRad: 0 },
      { xM: 0, yM: 0, yawRad: 0 },
    ]
    this.actors.forEach((actor, index) => {
      if (!actor.motion) return
      actor.stationAt(startS, start)
      actor.stationAt(endS, end)
      this.addBody(index, start, end)
    })
    return this.primitives
  }

  private addBody(index: number, start: Station, end: Station): void {
    for (const shape of this.actors[index].body.shapes)
      this.primitives.add(placed(shape, start), placed(shape, end), index)
  }
}

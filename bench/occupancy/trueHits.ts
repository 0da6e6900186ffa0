import type { Grid } from '../../pipeline/grid.js'
import { invert, type Pose, rotationMatrix } from '../../pipeline/pose.js'
import { castSweep, type Hits, newHits } from '../../pipeline/simulate/cast.js'
import { poseStepS } from '../../pipeline/simulate/egoTrack.js'
import { type Primitives, Scene } from '../../pipeline/simulate/primitives.js'
import { aimSweep, columnTimeS, newSweepRays, type SweepRays } from '../../pipeline/simulate/sweepRays.js'
import type { World } from '../../pipeline/simulate/world.js'

/**
 * Marks (1) the voxels in which a sweep's rays truly hit something, without noise, weather or loss, and with what moves
 * taken to exactly where it is at `timeS`: what a perfect sensor and a perfect reader would have found occupied. Movers'
 * voxels get 2.
 */
export class TrueHits {
  private readonly scene: Scene
  private readonly sensors: readonly { rays: SweepRays; hits: Hits }[]
  private readonly place = new Float64Array(3)

  constructor(
    private readonly world: World,
    private readonly grid: Grid,
  ) {
    this.scene = new Scene(world.site.structures, world.actors)
    this.sensors = world.rig.lidars.map((lidar) => {
      const rays = newSweepRays(lidar)
      return { rays, hits: newHits(rays) }
    })
  }

  /** Adds the hits of the sweep that starts at a step of the pose raster. `siteFromEgo` is the ego's pose at `timeS`. */
  add(startStep: number, timeS: number, siteFromEgo: Pose, found: Uint8Array): void {
    const { rig, ego } = this.world
    const startS = startStep * poseStepS
    const primitives = this.scene.moveTo(startS, startS + 1 / rig.spinHz)
    const egoFromSite = invert(siteFromEgo)
    const m = rotationMatrix(egoFromSite.q)
    const moves = this.movesTo(startS, timeS)
    this.sensors.forEach(({ rays, hits }, sensor) => {
      aimSweep(rays, rig.lidars[sensor], rig, ego, startStep)
      castSweep(rays, primitives, rig.maxRangeM, hits)
      for (let i = 0; i < hits.what.length; i++) {
        if (hits.what[i] < -1 || hits.rangeM[i] < rig.minRangeM) continue
        const column = Math.floor(i / rays.beams)
        this.hitPlace(rays, column, i % rays.beams, hits.rangeM[i])
        const share = columnTimeS(rig, rays.columns, column) * rig.spinHz
        const isMover = hits.what[i] >= 0 && this.carry(primitives, hits.what[i], share, moves)
        this.mark(m, egoFromSite.t, found, isMover ? 2 : 1)
      }
    })
  }

  /** Where each actor is at the sweep's start and at the frame's time: x y yaw, x y yaw. */
  private movesTo(startS: number, timeS: number): Float64Array {
    const at = { xM: 0, yM: 0, yawRad: 0 }
    return Float64Array.from(
      this.world.actors.flatMap(({ stationAt }) =>
        [startS, timeS].flatMap((s) => {
          stationAt(s, at)
          return [at.xM, at.yM, at.yawRad]
        }),
      ),
    )
  }

  private hitPlace(
    { origin, forward, up, cosEl, sinEl }: SweepRays,
    column: number,
    beam: number,
    rangeM: number,
  ): void {
    for (let axis = 0; axis < 3; axis++) {
      const at = 3 * column + axis
      this.place[axis] = origin[at] + rangeM * (cosEl[beam] * forward[at] + sinEl[beam] * up[at])
    }
  }

  /** Moves the hit at hand with its actor; false when it is on nothing that moves. */
  private carry(primitives: Primitives, p: number, share: number, moves: Float64Array): boolean {
    const actor = primitives.actor[p]
    if (actor < 0 || !this.world.actors[actor].motion) return false
    const { place } = this
    const [x0, y0, yaw0, x1, y1, yaw1] = moves.subarray(6 * actor, 6 * actor + 6)
    // Back with the primitive to the sweep's start, then with the body to the frame's time.
    turn(
      place,
      primitives.x[p] + share * primitives.moveX[p],
      primitives.y[p] + share * primitives.moveY[p],
      -share * primitives.turn[p],
      primitives.x[p],
      primitives.y[p],
    )
    turn(place, x0, y0, yaw1 - yaw0, x1, y1)
    return true
  }

  private mark(m: Float64Array, t: readonly number[], found: Uint8Array, what: number): void {
    const [x, y, z] = this.place
    const { originM, voxelM, dims } = this.grid
    const [i, j, k] = [0, 1, 2].map((row) =>
      Math.floor((m[3 * row] * x + m[3 * row + 1] * y + m[3 * row + 2] * z + t[row] - originM[row]) / voxelM),
    )
    if (i < 0 || j < 0 || k < 0 || i >= dims[0] || j >= dims[1] || k >= dims[2]) return
    const voxel = (i * dims[1] + j) * dims[2] + k
    found[voxel] = Math.max(found[voxel], what)
  }
}

/** Takes a point from about (x0, y0) to about (x1, y1), turned by `rad`. */
function turn(place: Float64Array, x0: number, y0: number, rad: number, x1: number, y1: number): void {
  const [x, y] = [place[0] - x0, place[1] - y0]
  place[0] = x1 + Math.cos(rad) * x - Math.sin(rad) * y
  place[1] = y1 + Math.sin(rad) * x + Math.cos(rad) * y
}

import { castSweep, type Hits, newHits } from './cast.js'
import { poseStepS, siteFromEgo } from './egoTrack.js'
import { PointBuffer } from './pointBuffer.js'
import { Scene } from './primitives.js'
import { newReels } from './reels.js'
import { newReceiver, type Receiver, receive } from './returns.js'
import type { Lidar } from './rigs.js'
import type { Shape } from './shapes.js'
import { aimSweep, newSweepRays, type SweepRays } from './sweepRays.js'
import { weatherNamed } from './weather.js'
import type { World } from './world.js'

/** Makes the sweeps of one log, one after another, in buffers that are reused. */
export class Sweeper {
  readonly points: PointBuffer
  private readonly scene: Scene
  private readonly receiver: Receiver
  private readonly sensors: readonly { lidar: Lidar; rays: SweepRays; hits: Hits }[]

  constructor(private readonly world: World) {
    const { rig, plan, actors } = world
    this.scene = new Scene(structuresInReach(world), actors)
    this.receiver = newReceiver(rig, weatherNamed(plan.weather), newReels(plan.seed), plan.seed)
    this.sensors = rig.lidars.map((lidar) => {
      const rays = newSweepRays(lidar)
      return { lidar, rays, hits: newHits(rays) }
    })
    this.points = new PointBuffer(
      this.sensors.reduce((sum, { rays }) => sum + rays.columns * rays.beams, 0),
      actors.length,
    )
  }

  /** Fills `points` with sweep number `index`, which starts at `startStep` of the pose raster and lasts one spin. */
  sweep(index: number, startStep: number): PointBuffer {
    const { rig, ego, site } = this.world
    const startS = startStep * poseStepS
    const primitives = this.scene.moveTo(startS, startS + 1 / rig.spinHz)
    this.points.clear()
    for (const { lidar, rays, hits } of this.sensors) {
      aimSweep(rays, lidar, rig, ego, startStep)
      castSweep(rays, primitives, rig.maxRangeM, hits)
      const reference = siteFromEgo(ego, startStep)
      const shot = { index, lidar, rays, hits, primitives, ground: site.ground, siteFromEgo: reference }
      receive(this.receiver, shot, this.points)
    }
    return this.points
  }
}

/** The structures that come within reach of the sensors somewhere on the drive. */
function structuresInReach({ site, ego, rig }: World): Shape[] {
  const every = 50
  return site.structures.filter((shape) => {
    const sizeM = shape.kind === 'box' ? Math.hypot(shape.lengthM, shape.widthM) / 2 : shape.radiusM
    const withinM = rig.maxRangeM + sizeM + 20
    for (let i = 0; i < ego.xM.length; i += every)
      if (Math.hypot(shape.xM - ego.xM[i], shape.yM - ego.yM[i]) < withinM) return true
    return false
  })
}

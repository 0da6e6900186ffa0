import { invert, type Pose, rotationMatrix } from '../pose.js'
import { stream } from '../random.js'
import { type Hits, hitGround, hitNothing } from './cast.js'
import { categories, codeOf, reflectivityOf } from './categories.js'
import { halfBits } from './half.js'
import type { PointBuffer } from './pointBuffer.js'
import type { Primitives } from './primitives.js'
import { type Reels, reelLength, reelMask } from './reels.js'
import type { Lidar, Rig } from './rigs.js'
import { type GroundRaster, groundCodeAt } from './surface.js'
import { columnTimeS, type SweepRays } from './sweepRays.js'
import { survivalByRange, type Weather } from './weather.js'

/** What turns hits into returns and stays the same throughout a log. */
export interface Receiver {
  rig: Rig
  weather: Weather
  /** By range in whole decimetres. */
  survival: Float32Array
  sigmaM: number
  reels: Reels
  seed: number
}

export function newReceiver(rig: Rig, weather: Weather, reels: Reels, seed: number): Receiver {
  const sigmaM = Math.hypot(rig.rangeSigmaM, weather.rangeSigmaM)
  return { rig, weather, reels, seed, sigmaM, survival: survivalByRange(weather, rig.dropOut, rig.maxRangeM) }
}

const reflectivity = Float32Array.from(categories, (name) => reflectivityOf[name])
/** Below this sine of the grazing angle the ground sends ever less back. */
const grazingSine = 0.03

/** One sensor's part of one sweep. */
export interface Shot {
  index: number
  lidar: Lidar
  rays: SweepRays
  hits: Hits
  primitives: Primitives
  ground: GroundRaster
  /** Of the sweep's reference time: every point is brought to it, as Argoverse 2 does. */
  siteFromEgo: Pose
}

/**
 * Appends a sweep's returns: hits that survive drop-out and weather, with noise along the ray, and spurious returns
 * from the air. Points go to the ego frame at the sweep's reference time by the ego's motion alone, so a mover's points
 * lie where it was when each ray met it.
 */
export function receive(receiver: Receiver, shot: Shot, points: PointBuffer): void {
  const { rays, lidar } = shot
  const frames = columnFrames(rays, shot.siteFromEgo)
  const places = stream(receiver.seed, 'sweep', shot.index, lidar.name)
  const reelAt = { keep: places.int(reelLength), noise: places.int(reelLength), air: places.int(reelLength) }
  for (let c = 0; c < rays.columns; c++) receiveColumn(receiver, shot, frames, c, reelAt, points)
}

function receiveColumn(
  { rig, weather, survival, sigmaM, reels }: Receiver,
  shot: Shot,
  frames: Float64Array,
  c: number,
  reelAt: { keep: number; noise: number; air: number },
  points: PointBuffer,
): void {
  const { beams, cosEl, sinEl, columns } = shot.rays
  const { rangeM, what } = shot.hits
  const { x, y, z, intensity, laser, offsetNs, semantic } = points
  const f = 9 * c
  const timeNs = Math.round(columnTimeS(rig, columns, c) * 1e9)
  let n = points.count
  for (let b = 0, i = c * beams; b < beams; b++, i++) {
    const air = reels.uniform[(reelAt.air + i) & reelMask]
    const keep = reels.uniform[(reelAt.keep + i) & reelMask]
    const hit = what[i]
    let trueM = rangeM[i]
    let code = codeOf.WEATHER
    const [ce, se] = [cosEl[b], sinEl[b]]
    if (air < weather.spurious) {
      // What is left of the uniform number below the threshold is uniform again: one draw decides both.
      const dropM = rig.minRangeM - weather.spuriousMeanM * Math.log(1 - air / weather.spurious)
      if (dropM >= trueM) continue
      trueM = dropM
    } else {
      if (hit === hitNothing || trueM < rig.minRangeM) continue
      const grazing = hit === hitGround ? Math.min(1, descentOf(shot, c, ce, se) / grazingSine) : 1
      if (keep >= survival[(10 * trueM) | 0] * grazing) continue
      code = hit === hitGround ? groundCode(shot, c, ce, se, trueM) : shot.primitives.code[hit]
      if (hit >= 0 && shot.primitives.actor[hit] >= 0) points.ofActor[shot.primitives.actor[hit]]++
    }
    const r = trueM + sigmaM * reels.normal[(reelAt.noise + i) & reelMask]
    const [rc, rs] = [r * ce, r * se]
    x[n] = halfBits(frames[f] + rc * frames[f + 3] + rs * frames[f + 6])
    y[n] = halfBits(frames[f + 1] + rc * frames[f + 4] + rs * frames[f + 7])
    z[n] = halfBits(frames[f + 2] + rc * frames[f + 5] + rs * frames[f + 8])
    intensity[n] = 255 * reflectivity[code] * (1 - (0.6 * trueM) / rig.maxRangeM) * (0.7 + 0.3 * air)
    laser[n] = shot.lidar.firstLaser + b
    offsetNs[n] = timeNs
    semantic[n] = code
    n++
  }
  points.count = n
}

/** How steeply a ray goes down: minus the vertical part of its direction. */
function descentOf({ rays }: Shot, c: number, ce: number, se: number): number {
  return -(ce * rays.forward[3 * c + 2] + se * rays.up[3 * c + 2])
}

/** Category code of the ground that a ray meets. */
function groundCode(shot: Shot, c: number, ce: number, se: number, rangeM: number): number {
  const { origin, forward, up } = shot.rays
  const o = 3 * c
  const xM = origin[o] + rangeM * (ce * forward[o] + se * up[o])
  const yM = origin[o + 1] + rangeM * (ce * forward[o + 1] + se * up[o + 1])
  return groundCodeAt(shot.ground, xM, yM)
}

/** Origin, forward and up of every column in the ego frame of the reference time, nine numbers a column. */
function columnFrames({ columns, origin, forward, up }: SweepRays, siteFromEgo: Pose): Float64Array {
  const egoFromSite = invert(siteFromEgo)
  const m = rotationMatrix(egoFromSite.q)
  const frames = new Float64Array(9 * columns)
  for (let c = 0; c < columns; c++) {
    for (const [k, from] of [origin, forward, up].entries()) {
      const [x, y, z] = [from[3 * c], from[3 * c + 1], from[3 * c + 2]]
      for (let row = 0; row < 3; row++)
        frames[9 * c + 3 * k + row] =
          m[3 * row] * x + m[3 * row + 1] * y + m[3 * row + 2] * z + (k === 0 ? egoFromSite.t[row] : 0)
    }
  }
  return frames
}

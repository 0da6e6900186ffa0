import { type EgoState, type EgoTrack, egoTrackAt, poseStepS } from './egoTrack.js'
import type { Lidar, Rig } from './rigs.js'

/**
 * The rays of one sweep of one sensor. Beam b of column c leaves `origin` along cosEl[b]·forward + sinEl[b]·up, where
 * forward is the column's horizontal in the sensor's own frame: every column has the ego's pose of its own instant
 * (rolling shutter). Site frame, metres; directions are unit vectors. Three numbers a column in each array.
 */
export interface SweepRays {
  columns: number
  beams: number
  /** Of each beam, lowest first. */
  elevationRad: Float64Array
  cosEl: Float64Array
  sinEl: Float64Array
  origin: Float64Array
  forward: Float64Array
  up: Float64Array
  /** Largest move of the origin, and largest turn of the sensor beside its spin, from one column to the next. */
  columnMoveM: number
  columnTurnRad: number
  /** Tilt of the sensor's axis against the vertical, at most. */
  tiltRad: number
}

export function newSweepRays(lidar: Lidar): SweepRays {
  const elevationRad = Float64Array.from(lidar.beamsDeg, (deg) => (deg * Math.PI) / 180)
  const column = () => new Float64Array(3 * lidar.columns)
  return {
    columns: lidar.columns,
    beams: elevationRad.length,
    elevationRad,
    cosEl: elevationRad.map(Math.cos),
    sinEl: elevationRad.map(Math.sin),
    origin: column(),
    forward: column(),
    up: column(),
    columnMoveM: 0,
    columnTurnRad: 0,
    tiltRad: 0,
  }
}

/** Time of column c, seconds from the sweep's start. */
export function columnTimeS(rig: Rig, columns: number, column: number): number {
  return column / (columns * rig.spinHz)
}

/** Sets the rays for the sweep that starts at `startStep` of the ego's pose raster. */
export function aimSweep(rays: SweepRays, lidar: Lidar, rig: Rig, ego: EgoTrack, startStep: number): void {
  let [at, last] = [newEgoState(), newEgoState()]
  rays.columnMoveM = 0
  rays.columnTurnRad = 0
  rays.tiltRad = 0
  for (let c = 0; c < rays.columns; c++) {
    egoTrackAt(ego, startStep + columnTimeS(rig, rays.columns, c) / poseStepS, at)
    aimColumn(rays, lidar, c, at, ego.zM)
    if (c > 0) widenBounds(rays, lidar, at, last)
    ;[at, last] = [last, at]
  }
}

function aimColumn(rays: SweepRays, { pitchDeg, positionM }: Lidar, c: number, at: EgoState, egoZM: number): void {
  const { origin, forward, up } = rays
  const [px, py, pz] = positionM
  const [cy, sy, cp, sp] = [Math.cos(at.yawRad), Math.sin(at.yawRad), Math.cos(at.pitchRad), Math.sin(at.pitchRad)]
  const o = 3 * c
  const flat = cp * px + sp * pz
  origin[o] = at.xM + cy * flat - sy * py
  origin[o + 1] = at.yM + sy * flat + cy * py
  origin[o + 2] = egoZM - sp * px + cp * pz
  // Mount and body both pitch about the ego's y axis, so their angles add.
  const pitch = at.pitchRad + (pitchDeg * Math.PI) / 180
  const azimuth = -Math.PI + ((c + 0.5) * 2 * Math.PI) / rays.columns
  const [x, y] = [Math.cos(azimuth), Math.sin(azimuth)]
  const [cm, sm] = [Math.cos(pitch), Math.sin(pitch)]
  forward[o] = cy * cm * x - sy * y
  forward[o + 1] = sy * cm * x + cy * y
  forward[o + 2] = -sm * x
  up[o] = cy * sm
  up[o + 1] = sy * sm
  up[o + 2] = cm
  rays.tiltRad = Math.max(rays.tiltRad, Math.abs(pitch))
}

function widenBounds(rays: SweepRays, { positionM: [px, py, pz] }: Lidar, at: EgoState, last: EgoState): void {
  const moved = Math.hypot(at.xM - last.xM, at.yM - last.yM)
  const turned = Math.abs(at.yawRad - last.yawRad) + Math.abs(at.pitchRad - last.pitchRad)
  rays.columnMoveM = Math.max(rays.columnMoveM, moved + turned * Math.hypot(px, py, pz))
  rays.columnTurnRad = Math.max(rays.columnTurnRad, turned)
}

function newEgoState(): EgoState {
  return { xM: 0, yM: 0, yawRad: 0, pitchRad: 0 }
}

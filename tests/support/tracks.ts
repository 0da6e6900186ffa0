import type { LogTrack } from '../../pipeline/splits/tracks.js'

/** What a made-up log is: everything but its places has a default. */
export interface TrackFacts {
  logId: string
  /** Places of the frames in the city frame, metres. */
  points: readonly (readonly [number, number])[]
  siteId?: string
  routeId?: string
  rigId?: string
  date?: string | null
  mapVersion?: string | null
  observedVoxels?: Record<string, number> | null
  sourceHash?: string
  /** Time of the first frame; the others follow `stepS` apart. */
  startS?: number
  stepS?: number
}

let made = 0

/** A track at given places. Without a `startS` it starts a day after the one made before it: never the same drive. */
export function makeTrack(facts: TrackFacts): LogTrack {
  const { logId, points, siteId = 'site', routeId = 'route', rigId = 'rig', date = null, stepS = 0.1 } = facts
  made += 1
  const startS = facts.startS ?? 86_400 * made
  return {
    ...{ logId, siteId, routeId, rigId, date, sourceHash: facts.sourceHash ?? `hash of ${logId}` },
    ...{ mapVersion: facts.mapVersion ?? null, observedVoxels: facts.observedVoxels ?? null },
    frameIndex: Int32Array.from(points, (_, i) => i),
    timestampNs: BigInt64Array.from(points, (_, i) => BigInt(Math.round((startS + i * stepS) * 1e9))),
    xM: Float64Array.from(points, ([x]) => x),
    yM: Float64Array.from(points, ([, y]) => y),
  }
}

/** Places along the x axis, `stepM` apart. */
export function line(count: number, fromM: number, stepM = 1, yM = 0): [number, number][] {
  return Array.from({ length: count }, (_, i) => [fromM + i * stepM, yM])
}

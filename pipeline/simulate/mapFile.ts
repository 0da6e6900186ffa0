import { beside, type Loop, type Point } from './loop.js'
import type { Lane, Site } from './site.js'

interface MapPoint {
  x: number
  y: number
  z: number
}

const drivable = new Set(['ROAD', 'APRON'])
/** Lanes are cut into pieces of about this length, as a map's are. */
const segmentM = 30

/** A site's map in the form of Argoverse 2's `log_map_archive_*.json`: city frame, metres to the centimetre. */
export function mapOf(site: Site): object {
  const toCity = cityPoint(site)
  const areas = site.patches
    .filter(({ category }) => drivable.has(category))
    .map(({ corners }, k) => ({ area_boundary: corners.map(toCity), id: 1000 + k }))
  const crossings = site.crossings.map(({ edges: [one, two] }, k) => ({
    edge1: one.map(toCity),
    edge2: two.map(toCity),
    id: 5000 + k,
  }))
  const segments = site.lanes.flatMap((lane, k) => laneSegments(lane, 10_000 + 1000 * k, toCity))
  return {
    pedestrian_crossings: byId(crossings),
    lane_segments: byId(segments),
    drivable_areas: byId(areas),
  }
}

function byId<T extends { id: number }>(items: readonly T[]): Record<string, T> {
  return Object.fromEntries(items.map((item) => [item.id, item]))
}

function cityPoint({ cityFromSiteM: [x0, y0, z0] }: Site): (point: Point) => MapPoint {
  const cm = (m: number) => Math.round(m * 100) / 100
  return ([x, y]) => ({ x: cm(x + x0), y: cm(y + y0), z: cm(z0) })
}

/** The pieces of a lane in its direction; each ends where the next begins, the last where the first does. */
function laneSegments({ loop, widthM }: Lane, firstId: number, toCity: (point: Point) => MapPoint) {
  const count = Math.max(2, Math.round(loop.lengthM / segmentM))
  const idOf = (k: number) => firstId + ((k + count) % count)
  return Array.from({ length: count }, (_, k) => ({
    id: idOf(k),
    is_intersection: false,
    lane_type: 'VEHICLE',
    left_lane_boundary: boundary(loop, k / count, (k + 1) / count, widthM / 2).map(toCity),
    left_lane_mark_type: 'NONE',
    right_lane_boundary: boundary(loop, k / count, (k + 1) / count, -widthM / 2).map(toCity),
    right_lane_mark_type: 'NONE',
    successors: [idOf(k + 1)],
    predecessors: [idOf(k - 1)],
    right_neighbor_id: null,
    left_neighbor_id: null,
  }))
}

function boundary(loop: Loop, from: number, to: number, leftM: number): Point[] {
  const points = 11
  return Array.from({ length: points }, (_, i) =>
    beside(loop, (from + ((to - from) * i) / (points - 1)) * loop.lengthM, leftM),
  )
}

import { describe, expect, test } from 'vitest'
import { codeOf } from '../../../pipeline/simulate/categories.js'
import { isNearLoop, pointsOf } from '../../../pipeline/simulate/loop.js'
import { mapOf } from '../../../pipeline/simulate/mapFile.js'
import { siteNamed, sites } from '../../../pipeline/simulate/sites.js'
import { groundCodeAt } from '../../../pipeline/simulate/surface.js'

interface MapFile {
  drivable_areas: Record<string, { area_boundary: { x: number; y: number; z: number }[]; id: number }>
  lane_segments: Record<string, { id: number; successors: number[]; left_lane_boundary: { x: number; y: number }[] }>
  pedestrian_crossings: Record<string, { edge1: unknown[]; edge2: unknown[] }>
}

describe.each(Object.keys(sites))('%s', (name) => {
  const site = siteNamed(name)
  const drivable = [codeOf.ROAD, codeOf.APRON]

  test('has at least four routes, 50 m or more apart', () => {
    expect(site.routes.length).toBeGreaterThanOrEqual(4)
    for (const one of site.routes)
      for (const other of site.routes)
        if (one !== other)
          for (const [x, y] of pointsOf(one.drive)) expect(isNearLoop(other.drive, x, y, 50)).toBe(false)
  })

  test('its lanes lie on drivable ground, its walks off the lanes but where they cross them', () => {
    for (const { loop } of site.lanes)
      for (const [x, y] of pointsOf(loop)) expect(drivable).toContain(groundCodeAt(site.ground, x, y))
    for (const { walks, traffic } of site.routes) {
      const samples = walks.flatMap(pointsOf)
      const inLane = samples.filter(([x, y]) => traffic.some((lane) => isNearLoop(lane, x, y, 1.5)))
      expect(inLane.length).toBeGreaterThan(0)
      expect(inLane.length).toBeLessThan(0.2 * samples.length)
    }
  })

  test('no structure reaches into a lane below the height of a truck', () => {
    const blocking = site.structures.filter((shape) => {
      if (shape.bottomM > 4) return false
      const radiusM = shape.kind === 'cylinder' ? Math.min(shape.radiusM, shape.bottomM > 1.9 ? 0 : 9) : 0
      return site.lanes.some(({ loop }) => isNearLoop(loop, shape.xM, shape.yM, radiusM + 1.4))
    })
    expect(blocking).toEqual([])
  })

  test("its map has Argoverse 2's parts, in the city frame", () => {
    const map = mapOf(site) as MapFile
    const [x0, , z0] = site.cityFromSiteM
    for (const [id, area] of Object.entries(map.drivable_areas)) {
      expect(area.id).toBe(Number(id))
      expect(area.area_boundary.length).toBeGreaterThanOrEqual(4)
      for (const { x, z } of area.area_boundary) {
        expect(Math.abs(x - x0)).toBeLessThan(800)
        expect(z).toBe(z0)
      }
    }
    const lanes = Object.values(map.lane_segments)
    expect(lanes.length).toBeGreaterThan(20)
    for (const { successors, left_lane_boundary } of lanes) {
      const next = map.lane_segments[successors[0]].left_lane_boundary[0]
      const end = left_lane_boundary.at(-1)!
      expect(Math.hypot(next.x - end.x, next.y - end.y)).toBeLessThan(0.02)
    }
    expect(Object.keys(map.pedestrian_crossings).length).toBeGreaterThan(2)
  })
})

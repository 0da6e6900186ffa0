import {
  BoxGeometry,
  BufferGeometry,
  EdgesGeometry,
  Float32BufferAttribute,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
  Shape,
  ShapeGeometry,
} from 'three'
import type { Grid } from '../../pipeline/grid.js'

export interface Colours {
  ego: string
  lines: string
}

/** Metres from the ego to each ring drawn on the ground. */
export const ringStepM = 10

/**
 * What surrounds the voxels in every panel: the ego as a box with an arrow to the front, rings every ten metres and the
 * border of the grid, all on the ground.
 *
 * @param groundM - height of the ground under the ego, metres in the ego frame.
 */
export function surroundings(grid: Grid, groundM: number, { ego, lines }: Colours): Group {
  const group = new Group()
  const thin = new LineBasicMaterial({ color: lines, transparent: true, opacity: 0.55 })
  const reachM = Math.max(...[0, 1].flatMap((axis) => [-grid.originM[axis], upperM(grid, axis)]))
  for (let radiusM = ringStepM; radiusM < reachM; radiusM += ringStepM)
    group.add(segments(withinGrid(ring(radiusM), grid), groundM + 0.05, thin))
  group.add(segments(border(grid), groundM + 0.02, thin))
  group.add(egoBody(groundM, ego), egoArrow(groundM, ego))
  return group
}

function egoBody(groundM: number, colour: string): Group {
  const [length, width, height] = [4.6, 1.9, 1.5]
  const box = new BoxGeometry(length, width, height)
  const body = new Mesh(
    box,
    new MeshBasicMaterial({ color: colour, transparent: true, opacity: 0.35, depthWrite: false }),
  )
  const edges = new LineSegments(new EdgesGeometry(box), new LineBasicMaterial({ color: colour }))
  const group = new Group().add(body, edges)
  // The ego frame's origin is the rear axle in most data sets: the body reaches further ahead than behind.
  group.position.set(1.3, 0, groundM + height / 2)
  return group
}

function egoArrow(groundM: number, colour: string): Mesh {
  const outline = new Shape()
  outline.moveTo(4.4, 0.35)
  for (const [x, y] of [
    [6.6, 0.35],
    [6.6, 1.1],
    [8.6, 0],
    [6.6, -1.1],
    [6.6, -0.35],
    [4.4, -0.35],
  ])
    outline.lineTo(x, y)
  const arrow = new Mesh(new ShapeGeometry(outline), new MeshBasicMaterial({ color: colour }))
  arrow.position.z = groundM + 0.12
  return arrow
}

type Segment = readonly [number, number, number, number]

function ring(radiusM: number): Segment[] {
  const parts = 96
  const point = (i: number) => [
    radiusM * Math.cos((2 * Math.PI * i) / parts),
    radiusM * Math.sin((2 * Math.PI * i) / parts),
  ]
  return Array.from({ length: parts }, (_, i) => [...point(i), ...point(i + 1)] as unknown as Segment)
}

function withinGrid(parts: Segment[], grid: Grid): Segment[] {
  const inside = (x: number, y: number) =>
    x >= grid.originM[0] && x <= upperM(grid, 0) && y >= grid.originM[1] && y <= upperM(grid, 1)
  return parts.filter(([x0, y0, x1, y1]) => inside(x0, y0) && inside(x1, y1))
}

function border(grid: Grid): Segment[] {
  const [x0, y0, x1, y1] = [grid.originM[0], grid.originM[1], upperM(grid, 0), upperM(grid, 1)]
  return [
    [x0, y0, x1, y0],
    [x1, y0, x1, y1],
    [x1, y1, x0, y1],
    [x0, y1, x0, y0],
  ]
}

function upperM({ originM, dims, voxelM }: Grid, axis: number): number {
  return originM[axis] + dims[axis] * voxelM
}

function segments(parts: readonly Segment[], heightM: number, material: LineBasicMaterial): LineSegments {
  const geometry = new BufferGeometry()
  const points = parts.flatMap(([x0, y0, x1, y1]) => [x0, y0, heightM, x1, y1, heightM])
  geometry.setAttribute('position', new Float32BufferAttribute(points, 3))
  return new LineSegments(geometry, material)
}

import { BoxGeometry, EdgesGeometry, Group, LineBasicMaterial, LineSegments } from 'three'

/** The frame around the voxel under the pointer: dark and light lines, so that it shows on every colour. */
export function marker(voxelM: number): Group {
  const edges = (scale: number) => new EdgesGeometry(new BoxGeometry(scale * voxelM, scale * voxelM, scale * voxelM))
  const line = (scale: number, color: string) =>
    new LineSegments(edges(scale), new LineBasicMaterial({ color, depthTest: false }))
  const group = new Group().add(line(1.12, '#000000'), line(1.04, '#ffffff'))
  group.visible = false
  group.renderOrder = 1
  return group
}

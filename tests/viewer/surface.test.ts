import { describe, expect, it } from 'vitest'
import { nothing } from '../../viewer/app/paint.js'
import { faces, surfaceOf } from '../../viewer/app/surface.js'

const dims = [5, 5, 5] as const
const [cube, slab] = [0, 1]
const flat = [false, true]
const at = (x: number, y: number, z: number) => (x * 5 + y) * 5 + z

function painted(...voxels: [x: number, y: number, z: number, ink: number][]): Uint8Array {
  const paint = new Uint8Array(125).fill(nothing)
  for (const [x, y, z, ink] of voxels) paint[at(x, y, z)] = ink
  return paint
}

function facesAt(paint: Uint8Array, x: number, y: number, z: number): number | undefined {
  const { cells, voxels } = surfaceOf(paint, { dims }, flat)
  for (let i = 0; i < voxels; i++)
    if (cells[4 * i] === x && cells[4 * i + 1] === y && cells[4 * i + 2] === z) return (cells[4 * i + 3] >> 8) & 31
  return undefined
}

describe('the surface of painted voxels', () => {
  it('is empty without paint', () => {
    expect(surfaceOf(painted(), { dims }, flat).voxels).toBe(0)
  })

  it('shows every face but the lower one of a cube that stands alone', () => {
    expect(facesAt(painted([2, 2, 2, cube]), 2, 2, 2)).toBe(31)
  })

  it('leaves out what no one can see: of a solid 3×3×3 block, the two in the middle column that have a cube above', () => {
    const block = [1, 2, 3].flatMap((x) =>
      [1, 2, 3].flatMap((y) => [1, 2, 3].map((z) => [x, y, z, cube] as [number, number, number, number])),
    )
    const paint = painted(...block)
    expect(surfaceOf(paint, { dims }, flat).voxels).toBe(27 - 2)
    expect(facesAt(paint, 2, 2, 2)).toBeUndefined()
    expect(facesAt(paint, 2, 2, 3)).toBe(faces.top)
    expect(facesAt(paint, 3, 2, 2)).toBe(faces.ahead)
    expect(facesAt(paint, 1, 3, 3)).toBe(faces.behind | faces.left | faces.top)
  })

  it('keeps the foot of a cube beside a slab open, and closes the slab', () => {
    const paint = painted([2, 2, 2, cube], [3, 2, 2, slab])
    expect(facesAt(paint, 2, 2, 2)! & faces.ahead).toBe(faces.ahead)
    expect(facesAt(paint, 3, 2, 2)! & faces.behind).toBe(0)
  })

  it('draws the upper slab of two', () => {
    const paint = painted([2, 2, 2, slab], [2, 2, 3, slab])
    expect(facesAt(paint, 2, 2, 3)! & faces.top).toBe(faces.top)
    expect(facesAt(paint, 2, 2, 2)! & faces.top).toBe(0)
  })

  it('shades the ground beside a wall by how much stands over it', () => {
    const wall = [1, 2, 3].map((y) => [3, y, 3, cube] as [number, number, number, number])
    const { cells, voxels } = surfaceOf(painted([2, 2, 2, slab], ...wall), { dims }, flat)
    const ground = Array.from({ length: voxels }, (_, i) => cells.subarray(4 * i, 4 * i + 4)).find(
      ([, , z]) => z === 2,
    )!
    expect(ground[3] >> 13).toBe(3)
    expect(ground[3] & 255).toBe(slab)
  })
})

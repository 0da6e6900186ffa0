import { expect, test } from 'vitest'
import { drawBirdsEye } from '../../../pipeline/card/birdsEye.js'
import { type Colour, Raster } from '../../../pipeline/card/raster.js'
import { type Grid, packBits, voxelCount } from '../../../pipeline/grid.js'
import type { DatasetTaxonomy } from '../../../pipeline/taxonomy.js'

/** Three columns ahead by two to the left, three layers; the ego is far behind it, so its marker is not drawn. */
const grid: Grid = { name: 'tiny', originM: [50, 0, 0], voxelM: 1, dims: [3, 2, 3] }
const taxonomy: DatasetTaxonomy = {
  name: 'test',
  classes: [
    { name: 'road', colour: '#646464', superclass: 'ground', rare: false },
    { name: 'car', colour: '#0000c8', superclass: 'vehicle', rare: false },
    { name: 'free', colour: '#ffffff', superclass: 'free', rare: false },
  ],
}
const [road, car, free] = [0, 1, 2]
const paper: Colour = [1, 2, 3]

type Voxel = [i: number, j: number, k: number, label: number]

/** Draws the observed voxels; one pixel a column, at 1 1 of a picture with a border. */
function pixels(voxels: Voxel[]): (x: number, y: number) => number[] {
  const semantics = new Uint8Array(voxelCount(grid)).fill(free)
  const known = new Uint8Array(voxelCount(grid))
  for (const [i, j, k, label] of voxels) {
    semantics[(i * 2 + j) * 3 + k] = label
    known[(i * 2 + j) * 3 + k] = 1
  }
  const raster = new Raster(4, 5, paper)
  drawBirdsEye(raster, [1, 1], { semantics, observed: packBits(known) }, grid, taxonomy, 1)
  return (x, y) => [...raster.rgba.subarray(4 * (4 * y + x), 4 * (4 * y + x) + 3)]
}

test('ahead is up and left is left: the farthest, leftmost column is the top left pixel', () => {
  const at = pixels([
    [2, 1, 2, car],
    [0, 0, 0, road],
  ])
  expect(at(1, 1)).toEqual([0, 0, 200])
  expect(at(2, 3)).toEqual([100, 100, 100])
})

test('the topmost thing hides what is below it; what is low is darker; ground keeps its colour', () => {
  const at = pixels([
    [0, 0, 0, road],
    [0, 0, 1, car],
    [0, 1, 2, road],
  ])
  // Half way up: half of the 35 % of shade.
  expect(at(2, 3)).toEqual([0, 0, Math.round(200 * (1 - 0.35 / 2))])
  expect(at(1, 3)).toEqual([100, 100, 100])
})

test('what is not observed is not shown, known emptiness is another colour, and nothing is drawn outside', () => {
  const at = pixels([[1, 0, 1, free]])
  const [empty, unknown] = [at(2, 2), at(1, 2)]
  expect(empty).not.toEqual(unknown)
  expect(unknown).toEqual(at(1, 3))
  for (const [x, y] of [
    [0, 0],
    [3, 2],
    [1, 4],
  ])
    expect(at(x, y)).toEqual([...paper])
})

test('the ego is white, where its origin is', () => {
  const raster = new Raster(40, 40, paper)
  const around: Grid = { name: 'around', originM: [-10, -10, 0], voxelM: 1, dims: [20, 20, 1] }
  const nothing = { semantics: new Uint8Array(400), observed: new Uint8Array(50) }
  drawBirdsEye(raster, [0, 0], nothing, around, taxonomy, 2)
  expect([...raster.rgba.subarray(4 * (20 * 40 + 20), 4 * (20 * 40 + 20) + 3)]).toEqual([255, 255, 255])
})

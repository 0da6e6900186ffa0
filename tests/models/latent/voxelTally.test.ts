import { expect, test } from 'vitest'
import { Confusion } from '../../../eval/metrics/confusion.js'
import { classIou, meanIou, occupancyIou, rareRecall } from '../../../eval/metrics/iou.js'
import { policies } from '../../../eval/metrics/policies.js'
import { ringNames, ringOfColumns } from '../../../models/latent/rangeRings.js'
import { VoxelTally } from '../../../models/latent/voxelTally.js'
import { type Grid, grids, packBits, voxelCount } from '../../../pipeline/grid.js'
import { stream } from '../../../pipeline/random.js'
import type { DatasetTaxonomy } from '../../../pipeline/taxonomy.js'
import { taxonomy as fleet } from './scenes.js'

const three: DatasetTaxonomy = {
  name: 'three',
  classes: ['free', 'car', 'cone'].map((name) => ({
    name,
    colour: '#000000',
    superclass: name === 'free' ? 'free' : 'object',
    rare: name === 'cone',
  })),
}
/** Columns whose centres are 5, 15, 25 and 45 m ahead, a voxel high. */
const far: Grid = { name: 'far', originM: [0, -5, 0], voxelM: 10, dims: [5, 1, 1] }

test('by hand: five voxels, one of them not counted', () => {
  const tally = new VoxelTally(far, three)
  tally.add({ truth: [1, 2, 0, 1, 1], predicted: [1, 1, 0, 0, 1], nats: [0.5, 2, 0.1, 3, 1], counted: [1, 1, 1, 0, 1] })
  const means = tally.means()
  // car: hits 2, truth 2, predicted 3: ⅔; cone: 0 of 1; free has no part in the mean. Occupied: all three.
  expect(means).toMatchObject({ 'iou/car': 2 / 3, 'iou/cone': 0, 'iou/free': 1, miou: 1 / 3, iou: 1, rare_recall: 0 })
  expect(means['class_loss/car']).toBe(0.75)
  expect(means['class_loss/cone']).toBe(2)
  expect(means).toMatchObject({ 'ring_loss/0-10m': 0.5, 'ring_loss/10-20m': 2, 'ring_loss/20-40m': 0.1 })
  expect(means['ring_loss/40m-']).toBe(1)
  expect(means['ring_miou/10-20m']).toBe(0)
  // Nothing but free was counted between 20 and 40 m: there is no mean over classes, and no 0 in its place.
  expect(Object.keys(means)).not.toContain('ring_miou/20-40m')
})

test('nothing counted leaves nothing', () => {
  const tally = new VoxelTally(far, three)
  const zeros = [0, 0, 0, 0, 0]
  tally.add({ truth: zeros, predicted: zeros, nats: zeros, counted: zeros })
  expect(tally.means()).toEqual({})
})

test.each([1, 2, 3, 4, 5])('scores are those of the evaluation’s policy `occlab` (seed %i)', (seed) => {
  const grid: Grid = { name: 'some', originM: [-12, -12, 0], voxelM: 3, dims: [8, 8, 2] }
  const rng = stream(seed, 'tally')
  const K = 3 + rng.int(20)
  const taxonomy = { ...fleet, classes: [...fleet.classes.slice(0, K), fleet.classes.at(-1)!] }
  const confusion = new Confusion(K + 1)
  const tally = new VoxelTally(grid, taxonomy)
  for (let frame = 0; frame < 3; frame++) {
    const draw = (n: number) => Uint8Array.from({ length: voxelCount(grid) }, () => rng.int(n))
    const [truth, counted] = [draw(K - 1), draw(2)]
    const predicted = truth.map((label) => (rng.float() < 0.6 ? label : rng.int(K + 1)))
    tally.add({ truth, predicted, counted, nats: new Float32Array(truth.length) })
    confusion.addFrame(truth, predicted, packBits(counted))
  }
  const means = tally.means()
  const policy = policies.occlab
  expect(means.miou).toBeCloseTo(meanIou(confusion, policy, taxonomy).value!, 12)
  expect(means.iou).toBeCloseTo(occupancyIou(confusion, policy, taxonomy).value!, 12)
  expect(means.rare_recall ?? null).toEqual(rareRecall(confusion, taxonomy).pooled.value)
  taxonomy.classes.forEach(({ name }, k) => {
    expect(means[`iou/${name}`] ?? null).toEqual(classIou(confusion, policy, k).value)
  })
})

test('rings of the occ3d grid: every column in one, none beyond the corners', () => {
  const rings = ringOfColumns(grids.occ3d)
  const areas = ringNames.map((_, r) => rings.filter((ring) => ring === r).length * 0.4 * 0.4)
  // π·10², π·(20² − 10²), π·(40² − 20²), and the corners of the square.
  const expected = [100, 300, 1200].map((square) => Math.PI * square)
  for (const [r, area] of expected.entries()) expect(Math.abs(areas[r] / area - 1)).toBeLessThan(0.01)
  expect(areas.reduce((sum, area) => sum + area, 0)).toBeCloseTo(6400, 6)
  expect(ringNames).toEqual(['0-10m', '10-20m', '20-40m', '40m-'])
})

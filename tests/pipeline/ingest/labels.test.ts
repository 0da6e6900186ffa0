import { describe, expect, test } from 'vitest'
import type { Grid } from '../../../pipeline/grid.js'
import { labelsFor, leftOut, vocabularyOf } from '../../../pipeline/ingest/labels.js'
import { VoxelVotes, voteWeight } from '../../../pipeline/ingest/occupancy/voxelVotes.js'
import { classIndex, taxonomies } from '../../../pipeline/taxonomy.js'

const { fleet } = taxonomies
const index = (name: string) => classIndex(fleet, name)

describe('the vocabulary of a log', () => {
  test('is the one its source names', () => {
    expect(vocabularyOf('nuscenes', ['REGULAR_VEHICLE'], 'log')).toBe('nuscenes')
  })

  test('is told from names that one vocabulary alone knows', () => {
    expect(vocabularyOf(null, ['PEDESTRIAN', 'REGULAR_VEHICLE', 'NOT_A_WORD'], 'log')).toBe('argoverse2')
    expect(vocabularyOf('some fleet', ['vehicle.car'], 'log')).toBe('nuscenes')
    expect(vocabularyOf(null, ['PEDESTRIAN', 'CHILD'], 'log')).toBe('occlab-sim')
  })

  test('a log that names nothing needs none', () => {
    expect(vocabularyOf(null, [], 'log')).toBe('unlabelled')
    for (const taxonomy of Object.values(taxonomies)) labelsFor(taxonomy, 'unlabelled')
  })

  test.each<[string, string[]]>([
    ['names that several share', ['PEDESTRIAN']],
    ['names that none has', ['NOT_A_WORD']],
    ['names of two', ['vehicle.car', 'REGULAR_VEHICLE']],
  ])('cannot be told from %s', (_name, names) => {
    expect(() => vocabularyOf(null, names, 'log')).toThrow('cannot be told')
  })
})

test('labels: a class, left out, or others', () => {
  const labels = labelsFor(fleet, 'argoverse2')
  expect(labels.classOf('BOX_TRUCK')).toBe(index('truck'))
  expect(labels.classOf('EGO_VEHICLE')).toBe(leftOut)
  expect(labels.classOf('NOT_A_WORD')).toBe(index('others'))
  expect(labels.knows('NOT_A_WORD')).toBe(false)
  expect(labels.drivable).toBe(index('drivable'))
})

test('a taxonomy under another name of its ground', () => {
  const { 'occ3d-nuscenes': occ3d } = taxonomies
  expect(labelsFor(occ3d, 'nuscenes').drivable).toBe(11)
})

describe('the vote on a voxel', () => {
  const grid: Grid = { name: 'one', originM: [0, 0, 0], voxelM: 1, dims: [1, 1, 1] }
  const winner = (points: Record<string, number>) => {
    const votes = new VoxelVotes(grid, fleet)
    for (const [name, count] of Object.entries(points)) for (let p = 0; p < count; p++) votes.add(0, index(name))
    return fleet.classes[votes.winner(0)].name
  }

  test('weights: ground and others 1, things 2, persons and rare things 4', () => {
    const weights = ['drivable', 'others', 'car', 'building', 'pedestrian', 'child', 'cone'].map((name) =>
      voteWeight(fleet.classes[index(name)]),
    )
    expect(weights).toEqual([1, 1, 2, 2, 4, 4, 4])
  })

  test.each<[string, Record<string, number>, string]>([
    ['one point', { car: 1 }, 'car'],
    ['the majority', { car: 3, truck: 2 }, 'car'],
    ['a thing over ground up to twice its points', { drivable: 10, car: 5 }, 'car'],
    ['ground over a thing with fewer', { drivable: 11, car: 5 }, 'drivable'],
    ['a person over ground up to four times', { drivable: 20, pedestrian: 5 }, 'pedestrian'],
    ['a rare thing over a vehicle up to twice', { car: 10, cone: 5 }, 'cone'],
    ['a draw goes to the greater weight', { truck: 2, cone: 1 }, 'cone'],
    ['a draw of the same weight to the lower index', { truck: 2, car: 2 }, 'car'],
  ])('%s', (_name, points, expected) => {
    expect(winner(points)).toBe(expected)
    expect(winner(Object.fromEntries(Object.entries(points).reverse()))).toBe(expected)
  })

  test('clear forgets every vote, and many voxels find room', () => {
    const large: Grid = { name: 'row', originM: [0, 0, 0], voxelM: 1, dims: [10_000, 1, 1] }
    const votes = new VoxelVotes(large, fleet)
    for (let voxel = 0; voxel < 10_000; voxel++) votes.add(voxel, index('car'))
    expect(votes.count).toBe(10_000)
    votes.clear()
    votes.add(7, index('bus'))
    expect(votes.count).toBe(1)
    expect(votes.voxels[0]).toBe(7)
    expect(fleet.classes[votes.winner(0)].name).toBe('bus')
  })
})

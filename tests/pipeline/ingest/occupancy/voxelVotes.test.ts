import { expect, test } from 'vitest'
import type { Grid } from '../../../../pipeline/grid.js'
import { VoxelVotes, voteWeight } from '../../../../pipeline/ingest/occupancy/voxelVotes.js'
import { taxonomies } from '../../../../pipeline/taxonomy.js'

const { fleet } = taxonomies
const grid: Grid = { name: 'one', originM: [0, 0, 0], voxelM: 1, dims: [1, 1, 1] }
const indexOf = (name: string) => fleet.classes.findIndex((entry) => entry.name === name)

function winner(...points: [name: string, count: number][]): string {
  const votes = new VoxelVotes(grid, fleet)
  for (const [name, count] of points) for (let n = 0; n < count; n++) votes.add(0, indexOf(name))
  return fleet.classes[votes.winner(0)].name
}

test('a point of the ground or of others weighs 1, of a thing 2, of a person or of something rare 4', () => {
  const weights = ['drivable', 'sidewalk', 'others', 'car', 'building', 'pedestrian', 'worker', 'cone'].map((name) =>
    voteWeight(fleet.classes[indexOf(name)]),
  )
  expect(weights).toEqual([1, 1, 1, 2, 2, 4, 4, 4])
})

test.each<[string, [string, number][], string]>([
  [
    'the greatest weighted number',
    [
      ['drivable', 3],
      ['car', 1],
    ],
    'drivable',
  ],
  [
    'of equal ones the heavier class',
    [
      ['drivable', 2],
      ['car', 1],
    ],
    'car',
  ],
  [
    'whichever came first',
    [
      ['pedestrian', 1],
      ['car', 2],
    ],
    'pedestrian',
  ],
  [
    'of equal weights the lower index',
    [
      ['truck', 2],
      ['car', 2],
    ],
    'car',
  ],
])('%s wins', (_, points, expected) => {
  expect(winner(...points)).toBe(expected)
  expect(winner(...points.toReversed())).toBe(expected)
})

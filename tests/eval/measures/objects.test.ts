import { expect, test } from 'vitest'
import { objects } from '../../../eval/measures/objects.js'
import { car, drawn, free, of, scored } from './scene.js'
import { sumsOf, valuesOf } from './values.js'

// A car covers 4 × 2 × 2 = 16 voxels.
const [near, far] = [car('near', 4, 0, 0), car('far', -7, 6, 5)]

test('a thing is found when half of its voxels have its class, however large the others are', () => {
  const half = drawn([near])
  // Eight of the sixteen voxels of the near car go: half is left.
  for (let voxel = 0, gone = 0; gone < 8; voxel++)
    if (half[voxel] === of('car')) {
      half[voxel] = free
      gone++
    }
  expect(valuesOf(objects, [scored([near, far], half)])).toMatchObject({
    object_recall: { value: 1 / 2, count: 2 },
    object_coverage: { value: 1 / 4, count: 2 },
    object_occupied: { value: 1 / 4, count: 2 },
    'object_recall car': { value: 1 / 2, count: 2 },
    rare_object_recall: { value: null, count: 0 },
  })
})

test('a thing under another class is occupied and not found', () => {
  const wrong = drawn([near]).map((label) => (label === of('car') ? of('bus') : label))
  expect(valuesOf(objects, [scored([near], wrong)])).toMatchObject({
    object_recall: { value: 0, count: 1 },
    object_occupied: { value: 1, count: 1 },
  })
})

test('things are cut by distance, speed and length; what the source does not say makes no slice', () => {
  const slices = sumsOf(objects, [scored([near, far], drawn([far]))]).map(({ slice }) => slice)
  expect([...slices].sort()).toEqual([
    ...['all', 'distance=under 10 m', 'length=3–6 m'],
    ...['speed=3–10 m/s', 'speed=under 0.2 m/s'],
  ])
  const at = (slice: string) => valuesOf(objects, [scored([near, far], drawn([far]))], { slice }).object_recall
  expect(at('speed=under 0.2 m/s')).toEqual({ value: 0, count: 1 })
  expect(at('speed=3–10 m/s')).toEqual({ value: 1, count: 1 })
  expect(at('length=3–6 m')).toEqual({ value: 1 / 2, count: 2 })
})

test('a frame that no annotations cover says nothing', () => {
  expect(sumsOf(objects, [{ ...scored([near], drawn([near])), objects: null }])).toEqual([])
})

test('a thing that nobody saw is no thing to find', () => {
  const frame = scored([near], drawn([]))
  const unseen = { ...frame, truth: { ...frame.truth, observed: new Uint8Array(100) } }
  expect(sumsOf(objects, [unseen])).toEqual([])
})

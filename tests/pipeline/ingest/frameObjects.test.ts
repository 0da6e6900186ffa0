import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openDataset } from '../../../pipeline/dataset.js'
import { FrameObjects } from '../../../pipeline/ingest/frameObjects.js'
import { labelsFor } from '../../../pipeline/ingest/labels.js'
import { PoseTrack } from '../../../pipeline/ingest/poseTrack.js'
import type { Box, BoxSource } from '../../../pipeline/ingest/reader.js'
import { poseFromYaw } from '../../../pipeline/pose.js'
import { classIndex, taxonomies } from '../../../pipeline/taxonomy.js'
import { tempFolder } from '../../support/tempFolder.js'
import { datasetOf } from './datasetOf.js'
import { columnsOf, straightPoses, wholeLog, writeSmallLog } from './smallLog.js'

const { fleet } = taxonomies

describe('annotated things of a frame', () => {
  const car = (xM: number): Box => ({
    ...{ trackId: 'a', category: 'REGULAR_VEHICLE', sizeM: [4, 2, 2], interiorPoints: 7 },
    egoFromBox: poseFromYaw(0, [xM, 0, 1]),
  })
  const boxes = [[car(10)], [car(12)], [car(14), { ...car(3), trackId: 'b' }], []]
  const source: BoxSource = {
    timesNs: Float64Array.of(0, 0.5e9, 1e9, 3e9),
    at: (index) => boxes[index],
    categories: [],
    source: 'made up',
  }
  /** The ego drives at 2 m/s along x. */
  const poses = new PoseTrack(columnsOf(straightPoses(4)))
  const objects = new FrameObjects(source, poses, labelsFor(fleet, 'argoverse2'))

  test('velocity is over the ground: 6 m/s, gaining 4 on an ego that drives 2', () => {
    const [found] = objects.at(0.5e9)!
    expect(found).toMatchObject({ trackId: 'a', classIndex: classIndex(fleet, 'car'), interiorPoints: 7 })
    expect(found.velocityMps!.map((v) => Math.round(1e9 * v) / 1e9)).toEqual([6, 0, 0])
  })

  test('and along the ego’s axes: of one that heads north, what drives ahead of it drives along x', () => {
    const north = straightPoses(4).map(({ timeS, pose }) => ({
      timeS,
      pose: poseFromYaw(Math.PI / 2, [0, pose.t[0], 0]),
    }))
    const turned = new FrameObjects(source, new PoseTrack(columnsOf(north)), labelsFor(fleet, 'argoverse2'))
    expect(turned.at(0.5e9)![0].velocityMps).toEqual([6, 0, 0].map((v) => expect.closeTo(v, 9)))
  })

  test('a track that was seen but once has no velocity', () => {
    expect(objects.at(1e9)!.map(({ trackId, velocityMps }) => [trackId, velocityMps === null])).toEqual([
      ['a', false],
      ['b', true],
    ])
  })

  test('there is no velocity across a jump of the poses, nor of an id that several boxes of one time share', () => {
    const jumped = straightPoses(4).map(({ timeS, pose }) => {
      return { timeS, pose: timeS < 0.75 ? pose : poseFromYaw(0, [pose.t[0], 30, 0]) }
    })
    const [cut, shared] = [
      new FrameObjects(source, new PoseTrack(columnsOf(jumped)), labelsFor(fleet, 'argoverse2')),
      new FrameObjects({ ...source, at: () => [car(10), car(20)] }, poses, labelsFor(fleet, 'argoverse2')),
    ]
    // From 10 m at 0 s to 12 m at 0.5 s, beside the ego's 2 m/s.
    expect(cut.at(0.5e9)!.map(({ velocityMps }) => velocityMps)).toEqual([[6, 0, 0].map((v) => expect.closeTo(v, 9))])
    expect(cut.at(1e9)!.map(({ velocityMps }) => velocityMps)).toEqual([null, null])
    expect(shared.at(0.5e9)!.map(({ velocityMps }) => velocityMps)).toEqual([null, null])
  })

  test('what the table leaves out is no thing of the frame', () => {
    const own = { ...source, at: () => [{ ...car(0), trackId: 'self', category: 'EGO_VEHICLE' }, car(10)] }
    const found = new FrameObjects(own, poses, labelsFor(fleet, 'argoverse2')).at(0.5e9)!
    expect(found.map(({ trackId }) => trackId)).toEqual(['a'])
  })

  test('nothing there is not the same as nothing annotated', () => {
    expect(objects.at(3e9)).toEqual([])
    expect(objects.at(2e9)).toBeNull()
  })
})

test('a dataset gives the things of each frame back, and says which frames are annotated', async () => {
  const parent = tempFolder()
  writeSmallLog(join(parent, 'a'), wholeLog())
  const { dir } = await datasetOf([parent])
  const dataset = await openDataset(dir)
  const objects = await dataset.objects('small')
  const frames = []
  for await (const frame of dataset.frames('small')) frames.push(frame)
  expect(frames.map(({ objectCount }) => objectCount)).toEqual([1, 1, 1, 1])
  const [first] = objects!.get(0)!
  expect(first).toMatchObject({ trackId: 'a', category: 'REGULAR_VEHICLE', sizeM: [4, 2, 2] })
  expect(first.egoFromObject.t).toEqual([10, 0, 1])
  // It stays 10 m ahead of an ego that drives at 2 m/s.
  expect(first.velocityMps![0]).toBeCloseTo(2, 9)
  await dataset.close()
})

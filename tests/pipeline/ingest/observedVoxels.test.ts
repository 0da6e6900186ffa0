import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bitAt } from '../../../pipeline/grid.js'
import { readTracks } from '../../../pipeline/splits/tracks.js'
import { tempFolder } from '../../support/tempFolder.js'
import { datasetOf } from './datasetOf.js'
import { wholeLog, writeSmallLog } from './smallLog.js'

test('logs.arrow counts the observed voxels of each class of each log, and a split reads them', async () => {
  const dir = tempFolder()
  const { log, boxes } = wholeLog()
  // The second log has no car in its second half.
  const logs = ['one', 'two'].map((name, i) =>
    writeSmallLog(
      join(dir, name),
      wholeLog({ log: { ...log, log_id: name }, boxes: boxes!.slice(0, i === 0 ? 4 : 2) }),
    ),
  )
  const dataset = await datasetOf(logs)
  const classes = dataset.taxonomy.classes.map(({ name }) => name)
  const all = Object.fromEntries(classes.map((name) => [name, 0]))
  for (const { logId, observedVoxels } of dataset.logs) {
    const counted = Object.fromEntries(classes.map((name) => [name, 0]))
    for await (const { semantics, observed } of dataset.frames(logId))
      semantics.forEach((label, voxel) => {
        counted[classes[label]] += bitAt(observed, voxel) ? 1 : 0
      })
    expect(observedVoxels).toEqual(counted)
    for (const name of classes) all[name] += counted[name]
  }
  expect(dataset.manifest.details.observedVoxels).toEqual(all)
  const cars = dataset.logs.map(({ observedVoxels }) => observedVoxels!.car)
  expect(cars[0]).toBeGreaterThan(cars[1])
  expect(cars[1]).toBeGreaterThan(0)
  const tracks = await readTracks(dataset)
  expect(tracks.map(({ observedVoxels }) => observedVoxels)).toEqual(dataset.logs.map((log) => log.observedVoxels))
})

import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { voxelCount } from '../../../pipeline/grid.js'
import {
  type Fill,
  freeCategory,
  type HashedLog,
  type RawLog,
  type Reader,
  sourceOf,
} from '../../../pipeline/ingest/reader.js'
import { type Format, readers } from '../../../pipeline/ingest/readers.js'
import { SkipCounter } from '../../../pipeline/ingest/skipCounter.js'
import { tempFolder } from '../../support/tempFolder.js'
import { datasetOf } from './datasetOf.js'
import { copiesOf, type Sample } from './samples/sample.js'
import { samples } from './samples/samples.js'

async function open(
  reader: Reader,
  path: string,
  { config }: Sample,
): Promise<{ source: HashedLog; log: RawLog; skips: SkipCounter }> {
  const [found] = await reader.logs(path)
  const source = { ...found, hashOf: (file: string) => `hash of ${file}` }
  const skips = new SkipCounter()
  const fill: Fill = { rig: config.rig ?? null, site: config.site ?? null, route: config.route ?? null }
  return { source, log: await reader.open(source, fill, skips), skips }
}

for (const [format, reader] of Object.entries<Reader>(readers)) {
  const sample: Sample = samples[format as Format]
  describe.skipIf(sample.missing)(`reader ${format}${sample.missing}`, () => {
    const copy = copiesOf(sample)

    test('recognises its own layout, and no other reader does', async () => {
      const path = await copy()
      for (const [name, other] of Object.entries<Reader>(readers))
        expect([name, await other.recognises(path)]).toEqual([name, name === format])
    })

    test('recognises neither an empty folder, nor one of something else, nor what is not there', async () => {
      const dir = tempFolder()
      expect(await reader.recognises(dir)).toBe(false)
      mkdirSync(join(dir, 'photos'))
      expect(await reader.recognises(dir)).toBe(false)
      expect(await reader.recognises(join(dir, 'nothing'))).toBe(false)
    })

    test('names its log and the files that decide it: sorted, relative, there', async () => {
      const logs = await reader.logs(await copy())
      expect(logs).toHaveLength(1)
      const [{ files, logId, dir }] = logs
      expect(logId).not.toBe('')
      expect(files.length).toBeGreaterThan(0)
      expect([...files].sort()).toEqual(files)
      for (const file of files) expect(statSync(join(dir, file)).isFile()).toBe(true)
    })

    test('opens it: an identity, poses, and something to make frames from', async () => {
      const { source, log, skips } = await open(reader, await copy(), sample)
      expect(log.head.logId).toBe(source.logId)
      for (const word of [log.head.siteId, log.head.routeId, log.head.rigId]) expect(word).not.toBe('')
      expect(log.sweeps ?? log.boxes ?? log.voxels).not.toBeNull()
      expect(skips.list('')).toEqual([])
      expect(log.poses.timestampNs(log.poses.timeNs(log.poses.startNs + 5n))).toBe(log.poses.startNs + 5n)
    })

    test('its sweeps: increasing times, finite points, LiDARs that there are, a source that names file and hash', async () => {
      const { source, log } = await open(reader, await copy(), sample)
      if (!log.sweeps) return
      const { timesNs, lidars, pointCategories } = log.sweeps
      expect(isIncreasing(timesNs)).toBe(true)
      for (const index of timesNs.keys()) {
        const sweep = await log.sweeps.read(index)
        expect(sweep.timeNs).toBe(timesNs[index])
        expect(sweep.pointsM.subarray(0, 3 * sweep.count).every(Number.isFinite)).toBe(true)
        expect(sweep.lidar.subarray(0, sweep.count).every((lidar) => lidar < lidars.length)).toBe(true)
        expect(sweep.category === null).toBe(pointCategories === null)
        expect(source.files).toContain(sweep.file)
        expect(sweep.source).toBe(sourceOf(source, sweep.file))
      }
    })

    test('its boxes: increasing times, sizes that are sizes, every category accounted for', async () => {
      const { log } = await open(reader, await copy(), sample)
      if (!log.boxes) return
      const { timesNs, categories } = log.boxes
      expect(isIncreasing(timesNs)).toBe(true)
      const boxes = [...timesNs.keys()].flatMap((index) => log.boxes!.at(index))
      expect(boxes.every(({ sizeM }) => sizeM.every((size) => size > 0))).toBe(true)
      expect(new Set(boxes.map(({ category }) => category))).toEqual(new Set(categories.map(({ name }) => name)))
      expect(boxes).toHaveLength(categories.reduce((sum, { count }) => sum + count, 0))
    })

    test('its voxels: increasing times, whole grids, codes that have a name, every mask it promises', async () => {
      const { source, log } = await open(reader, await copy(), sample)
      if (!log.voxels) return
      const { timesNs, grid, categories, masks } = log.voxels
      expect(isIncreasing(timesNs)).toBe(true)
      expect(categories).toContain(freeCategory)
      for (const index of timesNs.keys()) {
        const voxels = await log.voxels.read(index)
        expect(voxels.timeNs).toBe(timesNs[index])
        expect(voxels.categories).toHaveLength(voxelCount(grid))
        expect(voxels.categories.every((code: number) => code < categories.length)).toBe(true)
        expect(Object.keys(voxels.observedBy)).toEqual(masks)
        for (const mask of [voxels.observed, ...Object.values(voxels.observedBy)])
          expect(mask).toHaveLength(voxelCount(grid))
        expect(source.files).toContain(voxels.file)
        expect(voxels.source).toBe(sourceOf(source, voxels.file))
      }
    })

    test('becomes a dataset that says where it came from, and the same one twice', async () => {
      const path = await copy()
      const [once, again] = [await datasetOf([path], sample.config), await datasetOf([path], sample.config)]
      expect(once.frameCount).toBe(sample.frames)
      expect(once.logs.map((log) => log.format)).toEqual([format])
      expect(again.manifest.outputs).toEqual(once.manifest.outputs)
      const free = once.taxonomy.classes.findIndex(({ name }) => name === 'free')
      const { semantics, observed } = await once.frame(0)
      expect(semantics.some((label) => label !== free)).toBe(true)
      expect(observed.some((byte) => byte !== 0)).toBe(true)
    })
  })
}

function isIncreasing(times: Float64Array): boolean {
  return times.every((time, i) => i === 0 || time > times[i - 1])
}

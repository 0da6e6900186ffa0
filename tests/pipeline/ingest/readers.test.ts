import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Fill, type HashedLog, type RawLog, type Reader, sourceOf } from '../../../pipeline/ingest/reader.js'
import { type Format, readers } from '../../../pipeline/ingest/readers.js'
import { SkipCounter } from '../../../pipeline/ingest/skipCounter.js'
import { tempFolder } from '../../support/tempFolder.js'
import { wholeLog, writeSmallLog } from './smallLog.js'

/** Makes a folder with one good log in the reader's layout; a new reader adds its own here. */
const fixtures = {
  argoverse2: () => writeSmallLog(join(tempFolder(), 'small'), wholeLog()),
} satisfies Record<Format, () => string>

const noFill: Fill = { rig: null, site: null, route: null }

async function open(reader: Reader, dir: string): Promise<{ source: HashedLog; log: RawLog; skips: SkipCounter }> {
  const [found] = await reader.logs(dir)
  const source = { ...found, hashes: Object.fromEntries(found.files.map((file) => [file, `hash of ${file}`])) }
  const skips = new SkipCounter()
  return { source, log: await reader.open(source, noFill, skips), skips }
}

describe.each(Object.entries<Reader>(readers))('reader %s', (format, reader) => {
  const fixture = fixtures[format as Format]

  test('recognises its own layout, and no other reader does', async () => {
    const dir = fixture()
    for (const [name, other] of Object.entries<Reader>(readers))
      expect(await other.recognises(dir)).toBe(name === format)
  })

  test('recognises neither an empty folder nor one of something else', async () => {
    const dir = tempFolder()
    expect(await reader.recognises(dir)).toBe(false)
    mkdirSync(join(dir, 'photos'))
    expect(await reader.recognises(dir)).toBe(false)
  })

  test('names its log and the files that decide it: sorted, relative, there', async () => {
    const dir = fixture()
    const logs = await reader.logs(dir)
    expect(logs).toHaveLength(1)
    const [{ files, logId }] = logs
    expect(logId).not.toBe('')
    expect(files.length).toBeGreaterThan(0)
    expect([...files].sort()).toEqual(files)
    for (const file of files) expect(statSync(join(dir, file)).isFile()).toBe(true)
  })

  test('opens it: an identity, poses, and something to make frames from', async () => {
    const { source, log, skips } = await open(reader, fixture())
    expect(log.head.logId).toBe(source.logId)
    for (const word of [log.head.siteId, log.head.routeId, log.head.rigId]) expect(word).not.toBe('')
    expect(log.sweeps ?? log.boxes).not.toBeNull()
    expect(skips.list('')).toEqual([])
    expect(log.poses.timestampNs(log.poses.timeNs(log.poses.startNs + 5n))).toBe(log.poses.startNs + 5n)
  })

  test('its sweeps: increasing times, finite points, LiDARs that there are, a source that names file and hash', async () => {
    const { source, log } = await open(reader, fixture())
    if (!log.sweeps) return
    const { timesNs, lidars } = log.sweeps
    expect(isIncreasing(timesNs)).toBe(true)
    for (const index of timesNs.keys()) {
      const sweep = await log.sweeps.read(index)
      expect(sweep.timeNs).toBe(timesNs[index])
      expect(sweep.pointsM.subarray(0, 3 * sweep.count).every(Number.isFinite)).toBe(true)
      expect(sweep.lidar.subarray(0, sweep.count).every((lidar) => lidar < lidars.length)).toBe(true)
      expect(source.files).toContain(sweep.file)
      expect(sweep.source).toBe(sourceOf(source, sweep.file))
    }
  })

  test('its boxes: increasing times, sizes that are sizes, every category accounted for', async () => {
    const { log } = await open(reader, fixture())
    if (!log.boxes) return
    const { timesNs, categories } = log.boxes
    expect(isIncreasing(timesNs)).toBe(true)
    const boxes = [...timesNs.keys()].flatMap((index) => log.boxes!.at(index))
    expect(boxes.every(({ sizeM }) => sizeM.every((size) => size > 0))).toBe(true)
    expect(new Set(boxes.map(({ category }) => category))).toEqual(new Set(categories.map(({ name }) => name)))
    expect(boxes).toHaveLength(categories.reduce((sum, { count }) => sum + count, 0))
  })
})

function isIncreasing(times: Float64Array): boolean {
  return times.every((time, i) => i === 0 || time > times[i - 1])
}

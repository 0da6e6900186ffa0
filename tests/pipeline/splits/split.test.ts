import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openDataset } from '../../../pipeline/dataset.js'
import { DataError, UsageError } from '../../../pipeline/errors.js'
import { readManifest } from '../../../pipeline/manifest.js'
import { splitDefaults } from '../../../pipeline/splits/config.js'
import { findLeaks } from '../../../pipeline/splits/findLeaks.js'
import { readSplit } from '../../../pipeline/splits/readSplit.js'
import { split } from '../../../pipeline/splits/split.js'
import { readTracks } from '../../../pipeline/splits/tracks.js'
import { writeDataset } from '../../support/dataset.js'
import { tempFolder } from '../../support/tempFolder.js'
import { line, makeTrack } from '../../support/tracks.js'

/** Train 0 … 59, val far away, test from 65 on the same line: its first four frames lie within 10 m of train's last. */
const tracks = [
  makeTrack({ logId: 'long', points: line(60, 0), date: '2024-05-06' }),
  makeTrack({ logId: 'short', points: line(15, 500), rigId: 'other' }),
  makeTrack({ logId: 'middle', points: line(25, 65) }),
]

let said = ''
beforeEach(() => {
  said = ''
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text
    return true
  })
})
afterEach(() => vi.restoreAllMocks())

async function written(config = {}, seed = 1) {
  const dir = tempFolder()
  const [dataset, out] = [join(dir, 'dataset'), join(dir, 'split')]
  await writeDataset(dataset, tracks)
  const options = { dataset, out, config: { ...splitDefaults, ...config }, seed, replace: false }
  return { options, manifest: await split(options) }
}

test('reads the track of every log from the dataset, as written', async () => {
  const dir = join(tempFolder(), 'dataset')
  await writeDataset(dir, tracks)
  const dataset = await openDataset(dir)
  expect(await readTracks(dataset)).toEqual(tracks)
  await dataset.close()
})

test('the folder holds split.json and a manifest that names dataset, seed, config and what was left out', async () => {
  const { options, manifest } = await written()
  expect(Object.keys(manifest.outputs)).toEqual(['certificate.json', 'split.json'])
  expect(manifest).toMatchObject({ stage: 'split', seed: 1, config: { rule: ['log'], bufferM: 10 } })
  expect(manifest.inputs.dataset).toEqual({ path: '../dataset', hash: (await readManifest(options.dataset)).hash })
  expect(manifest.skipped).toEqual([
    { what: 'frame', why: 'test frame nearer than 10 m to a train frame', where: 'log middle, frame 0', count: 4 },
  ])
  expect(manifest.details).toMatchObject({ leaks: 0, parts: { test: { frames: 21 } } })
})

test('readSplit answers for every frame', async () => {
  const { options, manifest } = await written()
  const read = await readSplit(options.out)
  expect(read.hash).toBe(manifest.hash)
  expect(read.datasetHash).toBe(manifest.inputs.dataset.hash)
  expect([read.logs('train'), read.logs('val'), read.logs('test')]).toEqual([['long'], ['short'], ['middle']])
  expect([0, 3, 4, 24].map((frame) => read.partOf('middle', frame))).toEqual([null, null, 'test', 'test'])
  expect(read.partOf('long', 0)).toBe('train')
  expect(read.partOf('short', 14)).toBe('val')
  expect(read.partOf('no such log', 0)).toBeNull()
  expect(findLeaks(tracks, read.partOf, splitDefaults)).toEqual([])
})

test('what gave way is said on stderr, also when the folder was finished before', async () => {
  const { options } = await written()
  const line = 'split: a compromise: train shows 1 of 2 rigs: without other (one group has it)\n'
  expect(said).toContain(line)
  said = ''
  await split(options)
  expect(said).toContain(line)
})

test('same plan, same bytes; another seed is another plan and refused without --replace', async () => {
  const [one, other] = [await written(), await written()]
  expect(other.manifest.hash).toBe(one.manifest.hash)
  await expect(split({ ...one.options, seed: 2 })).rejects.toThrow(UsageError)
  const replaced = await split({ ...one.options, seed: 2, replace: true })
  expect(replaced.seed).toBe(2)
})

test('a former split is an input: its logs stay, and the chain of hashes names it', async () => {
  const { options, manifest: former } = await written()
  const dataset = `${options.dataset}-more`

  const more = makeTrack({ logId: 'more', points: line(10, 2000) })
  await writeDataset(dataset, [...tracks, more])
  const extended = { ...options, dataset, out: `${options.out}-more`, extend: options.out }
  const manifest = await split(extended)
  expect(manifest.inputs.former).toEqual({ path: '../split', hash: former.hash })
  const [before, after] = [await readSplit(options.out), await readSplit(extended.out)]
  expect(after.file.logs.filter(({ logId }) => logId !== 'more')).toEqual(before.file.logs)
  expect(after.partOf('more', 0)).not.toBeNull()
  await expect(
    split({ ...extended, out: `${options.out}-x`, config: { ...options.config, bufferM: 3 } }),
  ).rejects.toThrow('the former split has another bufferM (expected 10, found 3)')
})

test('a log that an official list does not know is counted as left out', async () => {
  const dir = tempFolder()
  const [dataset, out] = [join(dir, 'dataset'), join(dir, 'split')]
  const logs = ['semantickitti-03', 'semantickitti-08', 'mine'].map((logId, i) =>
    makeTrack({ logId, points: line(4, 1000 * i) }),
  )
  await writeDataset(dataset, logs)
  const config = { ...splitDefaults, official: 'semantickitti' }
  const manifest = await split({ dataset, out, config, seed: 1, replace: false })
  expect(manifest.skipped).toEqual([
    { what: 'log', why: 'the official split semantickitti does not know it', where: 'log mine', count: 1 },
  ])
  const read = await readSplit(out)
  expect([read.logs('train'), read.logs('val'), read.logs('test')]).toEqual([
    ['semantickitti-03'],
    ['semantickitti-08'],
    [],
  ])
})

test('a log that is cut is a log of each part that has a frame of it', async () => {
  const dir = tempFolder()
  const [dataset, out] = [join(dir, 'dataset'), join(dir, 'split')]
  await writeDataset(dataset, [makeTrack({ logId: 'one', points: line(20, 0), stepS: 1 })])
  const config = { ...splitDefaults, rule: 'temporal', shares: [0.5, 0.25, 0.25], bufferM: 0, neighbourS: 0, gapS: 3 }
  const manifest = await split({ dataset, out, config, seed: 1, replace: false })
  const read = await readSplit(out)
  expect([read.logs('train'), read.logs('val'), read.logs('test')]).toEqual([['one'], ['one'], ['one']])
  // 8 train, 2 left out, 4 val, 2 left out, 4 test.
  expect([0, 7, 8, 9, 10, 13, 14, 15, 16, 19].map((frame) => read.partOf('one', frame))).toEqual([
    'train',
    'train',
    null,
    null,
    'val',
    'val',
    null,
    null,
    'test',
    'test',
  ])
  expect(manifest.skipped.map(({ why, count }) => [why, count])).toEqual([
    ['val frame less than 3 s from a test frame', 2],
    ['val frame less than 3 s from a train frame', 2],
  ])
  expect(said).toContain('split: 1 of 1 logs are cut between parts\n')
})

test('a bad setting leaves nothing behind', async () => {
  const { options } = await written()
  const out = `${options.out}-2`
  await expect(split({ ...options, out, config: { ...options.config, rule: 'town' } })).rejects.toThrow(UsageError)
  expect(existsSync(out)).toBe(false)
})

test('a split.json that was edited into nonsense is refused by name', async () => {
  const { options } = await written()
  const file = join(options.out, 'split.json')
  const content = JSON.parse(readFileSync(file, 'utf8'))
  content.logs[0].part = 'holdout'
  writeFileSync(file, JSON.stringify(content))
  await expect(readSplit(options.out)).rejects.toThrow(DataError)
  await expect(readSplit(options.out)).rejects.toThrow(file)
})

test('a folder of another stage is no split', async () => {
  const { options } = await written()
  await expect(readSplit(options.dataset)).rejects.toThrow('another stage wrote this folder')
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { refuseTrainedFrames, type TrainedCheck } from '../../eval/trainedFrames.js'
import { UsageError } from '../../pipeline/errors.js'
import { readManifest } from '../../pipeline/manifest.js'
import { splitDefaults } from '../../pipeline/splits/config.js'
import type { Part } from '../../pipeline/splits/part.js'
import { pick } from '../../pipeline/splits/pieces.js'
import { readSplit } from '../../pipeline/splits/readSplit.js'
import { split } from '../../pipeline/splits/split.js'
import type { LogTrack } from '../../pipeline/splits/tracks.js'
import { runStage } from '../../pipeline/stage.js'
import { writeDataset } from '../support/dataset.js'
import { tempFolder } from '../support/tempFolder.js'
import { line, makeTrack } from '../support/tracks.js'
import { trainedModel } from '../support/trainedModel.js'

const root = mkdtempSync(join(tmpdir(), 'occlab-test-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const at = (name: string) => join(root, name)
/** 60, 15 and 25 frames: under the default rule train, val and test. The buffer takes test's frames 0 … 3. */
const tracks = [
  makeTrack({ logId: 'long', points: line(60, 0) }),
  makeTrack({ logId: 'short', points: line(15, 500) }),
  makeTrack({ logId: 'middle', points: line(25, 65) }),
]
const [long, short, middle] = tracks
const parts = {} as Record<Part, LogTrack[]>

beforeAll(async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  await writeDataset(at('dataset'), tracks)
  await split({ dataset: at('dataset'), out: at('split'), config: splitDefaults, seed: 1, replace: false })
  const { partOf } = await readSplit(at('split'))
  for (const part of ['train', 'val', 'test'] as const)
    parts[part] = tracks.map((track) =>
      pick(
        track,
        [...track.frameIndex.keys()].filter((row) => partOf(track.logId, track.frameIndex[row]) === part),
      ),
    )
})

/** Judges a model that was trained on these frames. */
async function judge(trained: readonly LogTrack[], change: Partial<TrainedCheck> = {}) {
  const latent = join(tempFolder(), 'latent')
  await trainedModel(latent, trained)
  return refuseTrainedFrames({
    models: { latent },
    dataset: at('dataset'),
    split: at('split'),
    part: 'test',
    allowTrained: false,
    ...change,
  })
}

describe('scoring a model whose training frames are apart from the scored ones', () => {
  it('says what was compared', async () => {
    expect(await judge(parts.train)).toEqual({
      rules: ['same-frame', 'same-log', 'same-source', 'near', 'drive'],
      scoredFrames: 21,
      trainedFrames: { latent: 60 },
      remark: null,
    })
  })

  it('does not ask which split or dataset it was trained under: frames decide', async () => {
    const elsewhere = makeTrack({ logId: 'elsewhere', points: line(30, 0), siteId: 'another site' })
    expect((await judge([short, elsewhere])).remark).toBeNull()
  })
})

describe('under a split that cuts logs by time', () => {
  // One drive of 100 frames, a second and 100 m apart.
  const drive = makeTrack({ logId: 'drive', points: line(100, 0, 100), stepS: 1 })
  const cut = { dataset: at('drive'), split: at('cut') }

  it('frames of one log may be on both sides, apart in time and place', async () => {
    await writeDataset(cut.dataset, [drive])
    const config = { ...splitDefaults, rule: ['temporal'], bufferM: 50, gapS: 5, neighbourS: 5 }
    await split({ ...cut, out: cut.split, config, seed: 1, replace: false })
    const { partOf } = await readSplit(cut.split)
    const rows = (part: Part) => [...drive.frameIndex.keys()].filter((row) => partOf('drive', row) === part)
    const lastTrained = rows('train').at(-1)!
    expect(rows('test')[0]).toBeGreaterThan(lastTrained)
    expect(await judge([pick(drive, rows('train'))], cut)).toMatchObject({
      rules: ['same-frame', 'near', 'drive'],
      remark: null,
    })
    await expect(judge([pick(drive, [rows('test')[0] - 4])], cut)).rejects.toThrow(
      /drive \(1 scored frame; .* 4\.0 s apart/,
    )
    expect((await judge([pick(drive, [rows('test')[0] - 5])], cut)).remark).toBeNull()
  })
})

describe('scoring a model on what it was trained on is refused', () => {
  const copy = () => makeTrack({ logId: 'copy', points: line(5, 900), sourceHash: middle.sourceHash })
  const near = () => makeTrack({ logId: 'neighbour', points: line(5, 75, 1, 9.9) })
  const drive = () =>
    makeTrack({ logId: 'drive', points: line(5, 900), startS: Number(middle.timestampNs[24] / 1_000_000_000n) + 3 })

  it.each<[string, () => LogTrack[], RegExp]>([
    ['same-frame', () => [pick(middle, [10])], /same-frame \(1 scored frame; first log middle, frame 10, trained log/],
    [
      'same-log',
      () => [pick(middle, [0])],
      /same-log \(21 scored frames; first log middle, frame 4, trained .* frame 0/,
    ],
    ['same-source', () => [copy()], /same-source \(21 scored frames; first log middle, .* trained log copy/],
    [
      'near',
      () => [near()],
      /near \(7 scored frames; first log middle, frame 10, trained log neighbour, frame 0, 9\.9 m apart/,
    ],
    [
      'drive',
      () => [drive()],
      /drive \(1 scored frame; first log middle, frame 24, trained log drive, frame 0, 2\.6 s apart/,
    ],
  ])('by the rule %s', async (rule, trained, words) => {
    await expect(judge([long, ...trained()])).rejects.toThrow(words)
    await expect(judge([long, ...trained()])).rejects.toThrow(UsageError)
    const { remark } = await judge(trained(), { allowTrained: true })
    expect(remark).toMatch(/^scored although training frames of the latent meet scored ones: /)
    expect(remark).toContain(`${rule} (`)
  })

  it('on the training part of its own split', async () => {
    await expect(judge(parts.train, { part: 'train' })).rejects.toThrow(/same-frame \(60 scored frames/)
  })

  it('under another dataset folder with the same logs', async () => {
    await writeDataset(at('again'), [...tracks, makeTrack({ logId: 'new', points: line(40, 2000) })])
    const { hash } = await readManifest(at('again'))
    expect(hash).not.toBe((await readManifest(at('dataset'))).hash)
    const config = { ...splitDefaults, bufferM: 0, neighbourS: 0, holdOut: ['long'] }
    await split({ dataset: at('again'), out: at('other split'), config, seed: 1, replace: false })
    const other = { dataset: at('again'), split: at('other split') }
    await expect(judge(parts.train, other)).rejects.toThrow(/same-frame \(60 scored frames; first log long/)
    expect((await judge([short, middle], other)).remark).toBeNull()
  })

  it('each of several models is looked at, and the faulty one named', async () => {
    const [good, bad] = [join(tempFolder(), 'good'), join(tempFolder(), 'bad')]
    await trainedModel(good, parts.train)
    await trainedModel(bad, parts.test)
    const check = { dataset: at('dataset'), split: at('split'), part: 'test' as const, allowTrained: false }
    await expect(refuseTrainedFrames({ ...check, models: { latent: good, dynamics: bad } })).rejects.toThrow(bad)
    const { trainedFrames, remark } = await refuseTrainedFrames({
      ...check,
      models: { latent: good, dynamics: bad },
      allowTrained: true,
    })
    expect(trainedFrames).toEqual({ latent: 60, dynamics: 21 })
    expect(remark).toMatch(/^scored although training frames of the dynamics meet scored ones: same-frame/)
  })

  it('where its folder does not list them, unless that is allowed', async () => {
    const old = join(tempFolder(), 'old')
    await runStage({ stage: 'train-latent', target: old, config: {}, seed: 1, inputs: {} }, async () => undefined)
    const check = {
      models: { latent: old },
      dataset: at('dataset'),
      split: at('split'),
      part: 'test' as const,
      allowTrained: false,
    }
    await expect(refuseTrainedFrames(check)).rejects.toThrow('does not list its training frames')
    const { trainedFrames, remark } = await refuseTrainedFrames({ ...check, allowTrained: true })
    expect(trainedFrames).toEqual({ latent: null })
    expect(remark).toBe('scored although the folder of the latent does not list its training frames')
  })
})

it('a split of another dataset is refused', async () => {
  await writeDataset(at('foreign'), [long])
  await expect(judge(parts.train, { dataset: at('foreign') })).rejects.toThrow('the split is of another dataset')
})

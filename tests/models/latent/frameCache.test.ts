import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FrameCache } from '../../../models/frameCache.js'
import { type Dataset, openDataset } from '../../../pipeline/dataset.js'
import { maskBytes, voxelCount } from '../../../pipeline/grid.js'
import { frameBody, writeDataset } from '../../support/dataset.js'
import { tempFolder } from '../../support/tempFolder.js'
import { line, makeTrack } from '../../support/tracks.js'
import { streetFrame, tinyGrid } from './scenes.js'

const frameBytes = voxelCount(tinyGrid) + maskBytes(tinyGrid)

/** A dataset of made-up streets that notes which frames are read. */
function countingDataset() {
  const reads: number[] = []
  const frame = async (index: number) => {
    reads.push(index)
    return streetFrame(tinyGrid, 1, 'log', index)
  }
  return { reads, dataset: { frame } as unknown as Dataset }
}

test('frames are kept up to the budget, and read each time beyond it', async () => {
  const { reads, dataset } = countingDataset()
  const cache = new FrameCache(dataset, 2 * frameBytes)
  for (const index of [0, 1, 2, 0, 1, 2, 0]) expect((await cache.get(index)).frameIndex).toBe(index)
  expect(reads).toEqual([0, 1, 2, 2])
})

test('a kept frame is a copy: the memory it was read from may be used again', async () => {
  const { dataset } = countingDataset()
  const cache = new FrameCache(dataset, frameBytes)
  const frame = streetFrame(tinyGrid, 1, 'log', 0)
  const pooled = { ...frame, semantics: Buffer.from(frame.semantics), observed: Buffer.from(frame.observed) }
  cache.offer(0, pooled)
  pooled.semantics.fill(0)
  pooled.observed.fill(0)
  const kept = await cache.get(0)
  expect(kept.semantics).toEqual(frame.semantics)
  expect(kept.observed).toEqual(frame.observed)
})

async function nineFrames(): Promise<Dataset> {
  const dir = join(tempFolder(), 'dataset')
  await writeDataset(dir, [makeTrack({ logId: 'nine', points: line(9, 0) })])
  return openDataset(dir)
}

test('frames that are lent are the right ones while they are used, in calls that overlap as well', async () => {
  const dataset = await nineFrames()
  const cache = new FrameCache(dataset, 0)
  const calls = [[8, 0, 4], [1, 1], [7, 2, 3, 5], [6], [4, 8]]
  for (let round = 0; round < 3; round++)
    await Promise.all(
      calls.map((numbers) =>
        cache.with(numbers, (frames) => {
          expect(frames.map(({ frameIndex }) => frameIndex)).toEqual(numbers)
          for (const [i, { semantics, observed, observedBy }] of frames.entries())
            expect({ semantics, observed, observedBy }).toEqual({
              semantics: frameBody(numbers[i]).semantics,
              observed: frameBody(numbers[i]).observed,
              observedBy: frameBody(numbers[i]).observedBy,
            })
        }),
      ),
    )
  await dataset.close()
})

test('a lent frame lies in memory that the next call writes over; one that is kept does not, its masks neither', async () => {
  const dataset = await nineFrames()
  const { semantics, observed, observedBy } = frameBody(1)
  const masks = Object.values(observedBy!).reduce((sum, mask) => sum + mask.length, 0)
  const cache = new FrameCache(dataset, semantics.length + observed.length + masks)
  await cache.with([1], () => undefined)
  const memoryOf = (number: number) => cache.with([number], ([frame]) => frame.semantics.buffer)
  await memoryOf(2)
  expect(await memoryOf(4)).toBe(await memoryOf(8))
  const kept = await cache.get(1)
  expect([kept.semantics, kept.observed, kept.observedBy]).toEqual([semantics, observed, observedBy])
  await dataset.close()
})

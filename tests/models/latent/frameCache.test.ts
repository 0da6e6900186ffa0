import { expect, test } from 'vitest'
import { FrameCache } from '../../../models/frameCache.js'
import type { Dataset } from '../../../pipeline/dataset.js'
import { maskBytes, voxelCount } from '../../../pipeline/grid.js'
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

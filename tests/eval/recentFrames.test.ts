import { expect, test } from 'vitest'
import { RecentFrames } from '../../eval/recentFrames.js'
import type { Dataset } from '../../pipeline/dataset.js'

/** A dataset whose second log begins at frame 100; notes what is read. */
function counting() {
  const read: number[] = []
  const dataset = {
    firstFrame: new Map([
      ['first', 0],
      ['second', 100],
    ]),
    frame: async (index: number) => {
      read.push(index)
      return { frameIndex: index }
    },
  } as unknown as Dataset
  return { read, frames: new RecentFrames(dataset, 'second') }
}

test('windows that overlap read each frame once, counted from the log’s own first', async () => {
  const { read, frames } = counting()
  const seen: number[] = []
  for (const first of [3, 4, 5]) {
    frames.beginAt(first)
    for (const ahead of [0, 2, 4]) seen.push((await frames.at(first + ahead)).frameIndex)
  }
  expect(seen).toEqual([103, 105, 107, 104, 106, 108, 105, 107, 109])
  expect(read).toEqual([103, 105, 107, 104, 106, 108, 109])
})

test('what lies before the window is let go', async () => {
  const { read, frames } = counting()
  await frames.at(3)
  frames.beginAt(4)
  await frames.at(3)
  expect(read).toEqual([103, 103])
})

import { describe, expect, it } from 'vitest'
import type { Dataset } from '../../pipeline/dataset.js'
import { frameNumbers } from '../../viewer/frameNumbers.js'

/** A dataset of two logs that counts how many frames are read of it. */
function datasetOf(second: readonly number[]): { dataset: Dataset; reads: () => number } {
  const numbers = [0, 1, 2, ...second]
  let reads = 0
  const read = (at: number) => {
    reads++
    return { frameIndex: numbers[at] }
  }
  const dataset = {
    logs: [
      { logId: 'a', frames: 3 },
      { logId: 'b', frames: second.length },
    ],
    firstFrame: new Map([
      ['a', 0],
      ['b', 3],
    ]),
    frame: async (at: number) => read(at),
    async *frames() {
      for (let at = 3; at < numbers.length; at++) yield read(at)
    },
  }
  return { dataset: dataset as never, reads: () => reads }
}

describe('the frame numbers of a log', () => {
  it('are known from its ends when none is missing', async () => {
    const { dataset, reads } = datasetOf([7, 8, 9, 10, 11])
    expect(await frameNumbers(dataset, 'b')).toEqual([7, 8, 9, 10, 11])
    expect(reads()).toBe(2)
  })

  it('are read through when there is a gap', async () => {
    const { dataset } = datasetOf([7, 8, 11, 12])
    expect(await frameNumbers(dataset, 'b')).toEqual([7, 8, 11, 12])
  })

  it('are none of an empty log', async () => {
    expect(await frameNumbers(datasetOf([]).dataset, 'b')).toEqual([])
  })
})

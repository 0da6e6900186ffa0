import { describe, expect, it } from 'vitest'
import { refuseTrainedFrames } from '../../eval/trainedFrames.js'
import type { Manifest } from '../../pipeline/manifest.js'
import type { Split } from '../../pipeline/splits/readSplit.js'

const split = { hash: 'aaaa' } as Split
const trainedUnder = (hash: string) => ({ inputs: { split: { path: '', hash } } }) as unknown as Manifest

describe('scoring a model on its training frames', () => {
  it('is no question under the split it was trained with, on another part', () => {
    expect(refuseTrainedFrames(trainedUnder('aaaa'), split, 'test', false)).toBeNull()
  })

  it('is refused on the training part', () => {
    expect(() => refuseTrainedFrames(trainedUnder('aaaa'), split, 'train', false)).toThrow(/training frames/)
  })

  it('is refused under another split, whose test part may have been its training part', () => {
    expect(() => refuseTrainedFrames(trainedUnder('bbbb'), split, 'test', false)).toThrow(/another split.*bbbb/s)
  })

  it('is said beside every number when it was asked for', () => {
    expect(refuseTrainedFrames(trainedUnder('bbbb'), split, 'test', true)).toBe(
      'scored although the model was trained under another split',
    )
  })
})

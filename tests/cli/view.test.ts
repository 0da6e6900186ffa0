import { expect, test } from 'vitest'
import { placeOf } from '../../cli/view.js'
import { UsageError } from '../../pipeline/errors.js'
import { readAddress } from '../../viewer/app/address.js'
import type { RunInfo } from '../../viewer/contract.js'

test('a frame is named as audits name it, and the viewer reads it back', () => {
  const run = { logs: [{ logId: 'a/b c' }], horizonsS: [], kinds: [] } as unknown as RunInfo
  expect(placeOf('scene-0061/12')).toBe('#log=scene-0061&frame=12')
  expect(readAddress(placeOf('a/b c/7'), run)).toEqual({ logId: 'a/b c', frameIndex: 7 })
})

test.each(['scene-0061', 'scene-0061/', '/3', 'scene/x'])("'%s' names no frame", (at) => {
  expect(() => placeOf(at)).toThrow(UsageError)
})

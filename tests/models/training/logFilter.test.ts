import { expect, test } from 'vitest'
import { logFilter } from '../../../models/training/logFilter.js'
import type { LogInfo } from '../../../pipeline/schema.js'

const log = (logId: string, rigId: string, siteId: string) => ({ logId, rigId, siteId, routeId: 'r' }) as LogInfo
const logs = [log('a', 'van', 'north'), log('b', 'van', 'south'), log('c', 'tug=2', 'south')]
const kept = (...exclude: string[]) => logs.filter(logFilter(exclude, logs)).map(({ logId }) => logId)

test('each condition puts logs out', () => {
  expect(kept()).toEqual(['a', 'b', 'c'])
  expect(kept('rig_id=van')).toEqual(['c'])
  expect(kept('rig_id=tug=2')).toEqual(['a', 'b'])
  expect(kept('rig_id=tug=2', 'site_id=north')).toEqual(['b'])
})

test.each(['rig=van', 'rig_id', 'weather=rain', 'rig_id=none'])('refuses %s', (condition) => {
  expect(() => kept(condition)).toThrow(/exclude/)
})

import { expect, test } from 'vitest'
import { headOf } from '../../../pipeline/ingest/logFile.js'

const nobody = { rig: null, site: null, route: null }

test('the source says who and where first, then log.json, then the flags', () => {
  const source = { logId: 'a', rigId: 'van' }
  const head = headOf('a', source, { rig_id: 'other', site_id: 'harbour' }, { rig: 'x', site: 'y', route: 'z' })
  expect(head).toMatchObject({ logId: 'a', rigId: 'van', siteId: 'harbour', routeId: 'z' })
})

test('all that nobody says is named at once, with the flags', () => {
  expect(() => headOf('runs/a', { logId: 'a' }, null, nobody)).toThrow(
    'runs/a/log.json, rig_id, site_id, route_id: the log does not say its rig and site and route; pass --rig and --site and --route',
  )
  expect(() => headOf('a', { logId: 'a', rigId: 'van' }, { site_id: 'b' }, nobody)).toThrow(
    'a/log.json, route_id: the log does not say its route; pass --route',
  )
})

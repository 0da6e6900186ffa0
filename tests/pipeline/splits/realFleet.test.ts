import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readArrowTable } from '../../../pipeline/arrow/arrowTable.js'
import { splitDefaults } from '../../../pipeline/splits/config.js'
import { parts } from '../../../pipeline/splits/part.js'
import { planSplit } from '../../../pipeline/splits/planSplit.js'
import { type RuleName, rules } from '../../../pipeline/splits/rules.js'
import type { LogTrack } from '../../../pipeline/splits/tracks.js'
import { realData, realDataMissing } from '../../support/occlab.js'
import { makeTrack } from '../../support/tracks.js'

const skipped = realDataMissing ? ` (skipped: ${realDataMissing})` : ''
if (skipped) console.warn(`the real fleet is not split${skipped}`)

/** The drives of the seven real logs at 10 Hz; two of them, which have no `log.json`, in Pittsburgh. */
async function realTracks(): Promise<LogTrack[]> {
  const folders = ['argoverse2', 'boxlogs'].flatMap((set) =>
    readdirSync(join(realData, set)).map((log) => join(realData, set, log)),
  )
  return Promise.all(
    folders.map(async (dir) => {
      const poses = await readArrowTable(join(dir, 'city_SE3_egovehicle.feather'))
      const [x, y] = ['tx_m', 'ty_m'].map((name) => poses.getChild(name)!)
      const startS = Number(poses.getChild('timestamp_ns')!.get(0)) / 1e9
      const every = Math.max(1, Math.round(poses.numRows / 160))
      const rows = Array.from({ length: Math.floor(poses.numRows / every) }, (_, i) => i * every)
      const points = rows.map((row) => [Number(x.get(row)), Number(y.get(row))] as const)
      return makeTrack({ logId: dir.split('/').at(-1)!, points, startS, ...factsOf(dir) })
    }),
  )
}

function factsOf(dir: string) {
  const file = join(dir, 'log.json')
  if (!existsSync(file)) return { siteId: 'PIT', rigId: `rig of ${dir.slice(-4)}` }
  const { site_id: siteId, rig_id: rigId, route_id: routeId, date } = JSON.parse(readFileSync(file, 'utf8'))
  return { siteId, rigId, routeId, date }
}

test.skipIf(realDataMissing)(`seven real logs by nuScenes' own lists, which know five of them${skipped}`, async () => {
  const partsBy = async (official: string) => {
    const { logs } = planSplit(await realTracks(), { ...splitDefaults, official }, 1)
    return Object.fromEntries(logs.map(({ logId, part }) => [logId.slice(-4), part]))
  }
  const known = { '0655': 'train', '0757': 'train', '1077': 'train' }
  const unknown = { [await endOf('7fab2350')]: null, [await endOf('3bffdcff')]: null }
  expect(await partsBy('nuscenes')).toEqual({ ...known, ...unknown, '0553': 'val', '0796': 'val' })
  expect(await partsBy('nuscenesMini')).toEqual({ ...known, ...unknown, '0553': 'train', '0796': 'train' })
})

async function endOf(start: string): Promise<string> {
  return (await realTracks()).find(({ logId }) => logId.startsWith(start))!.logId.slice(-4)
}

test.skipIf(realDataMissing).each(Object.keys(rules) as RuleName[])(
  `seven real logs by %s: three filled parts, no leak, most frames in train, and what gave way is named${skipped}`,
  async (rule) => {
    const file = planSplit(await realTracks(), { ...splitDefaults, rule }, 1)
    for (const part of parts) expect(file.parts[part].frames).toBeGreaterThan(100)
    expect(file.parts.train.got).toBeGreaterThan(0.5)
    expect(file.leaks).toEqual([])
    // Four sites of seven logs cannot all be in train and in test.
    expect(file.compromises.length).toBeGreaterThan(0)
  },
)

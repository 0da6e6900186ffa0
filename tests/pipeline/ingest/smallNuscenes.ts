import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nuscenes } from '../../../pipeline/ingest/nuscenes/reader.js'
import type { RawLog } from '../../../pipeline/ingest/reader.js'
import { SkipCounter } from '../../../pipeline/ingest/skipCounter.js'
import type { Skip } from '../../../pipeline/manifest.js'
import { sharedTempFolder, tempFolder } from '../../support/tempFolder.js'
import { type NuscenesPart, writeNuscenes } from './samples/nuscenes.js'

export const version = 'v1.0-mini'
/** The first keyframe's turn of the LiDAR, and the turn after it. */
export const keyTurn = 'samples/LIDAR_TOP/n015-2018-07-24-11-22-45+0800__LIDAR_TOP__1532402927600000.pcd.bin'
export const secondTurn = 'sweeps/LIDAR_TOP/n015-2018-07-24-11-22-45+0800__LIDAR_TOP__1532402927650000.pcd.bin'

export const lastTurn = 'samples/LIDAR_TOP/n015-2018-07-24-11-22-45+0800__LIDAR_TOP__1532402928100000.pcd.bin'

/** One of the scenes in a folder, what was skipped on the way, and what has been by the time of asking. */
export async function open(dir: string, scene = 0): Promise<{ log: RawLog; skips: Skip[]; counted: () => Skip[] }> {
  const source = (await nuscenes.logs(dir))[scene]
  const skips = new SkipCounter()
  const log = await nuscenes.open({ ...source, hashOf: () => '' }, { rig: null, site: null, route: null }, skips)
  return { log, skips: skips.list(''), counted: () => skips.list('') }
}

const masters = sharedTempFolder()

/** A copy of the small dataset with those parts, for the running test to damage. */
export function written(...parts: NuscenesPart[]): string {
  const [master, copy] = [join(masters(), parts.join('-') || 'plain'), tempFolder()]
  if (!existsSync(master)) writeNuscenes(master, ...parts)
  cpSync(master, copy, { recursive: true })
  return copy
}

/** Rewrites a table: `change` alters its rows or gives others. */
export function edit(dir: string, table: string, change: (rows: Record<string, unknown>[]) => unknown): void {
  const file = join(dir, version, `${table}.json`)
  const rows = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify(change(rows) ?? rows))
}

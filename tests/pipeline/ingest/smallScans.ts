import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { RawLog, Sweep } from '../../../pipeline/ingest/reader.js'
import { scans } from '../../../pipeline/ingest/scans/reader.js'
import { SkipCounter } from '../../../pipeline/ingest/skipCounter.js'
import { tempFolder } from '../../support/tempFolder.js'

/** Files by their path below the log's folder. */
export type Files = Record<string, string | Uint8Array | Record<string, unknown>>

/** Writes a log of scans for the running test: text, bytes, or an object as JSON. Returns its folder. */
export function writeFiles(files: Files): string {
  const dir = join(tempFolder(), 'drive')
  for (const [name, content] of Object.entries(files)) {
    const path = join(dir, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(
      path,
      typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content),
    )
  }
  return dir
}

/** A PCD as text: one row of numbers a point. */
export function pcd(
  fields: string,
  rows: readonly (readonly (number | string)[])[],
  types = fields.replace(/\w+/g, 'F'),
) {
  const names = fields.split(' ')
  const sizes = names.map(() => 4).join(' ')
  const header = `VERSION .7\nFIELDS ${fields}\nSIZE ${sizes}\nTYPE ${types}\nWIDTH ${rows.length}\nHEIGHT 1\n`
  return `${header}DATA ascii\n${rows.map((row) => row.join(' ')).join('\n')}\n`
}

/** The ego drives along x at 10 m/s; a pose every 0.1 s for 2 s. */
export function tum(startS = 10): string {
  return Array.from({ length: 21 }, (_, i) => `${(startS + i / 10).toFixed(1)} ${i} 0 0 0 0 0 1`).join('\n')
}

export interface OpenedScans {
  log: RawLog
  skips: SkipCounter
  read(index: number): Promise<Sweep>
}

export async function openScans(dir: string): Promise<OpenedScans> {
  const [found] = await scans.logs(dir)
  const source = { ...found, hashOf: (file: string) => `hash of ${file}` }
  const skips = new SkipCounter()
  const log = await scans.open(source, { rig: 'rig', site: 'site', route: 'route' }, skips)
  return { log, skips, read: (index) => log.sweeps!.read(index) }
}

/** x y z of every point of a sweep. */
export function triples({ pointsM, count }: Sweep): number[][] {
  return Array.from({ length: count }, (_, p) => [...pointsM.subarray(3 * p, 3 * p + 3)])
}

import type { Fill, RawLog, Reader } from '../../../pipeline/ingest/reader.js'
import { SkipCounter } from '../../../pipeline/ingest/skipCounter.js'
import type { Skip } from '../../../pipeline/manifest.js'

/** Opens the one log at a path, with what is counted as left out; `fill` is what the user says. */
export async function openLog(
  reader: Reader,
  path: string,
  fill: Partial<Fill>,
): Promise<{ log: RawLog; skipped: () => Skip[] }> {
  const [found] = await reader.logs(path)
  const skips = new SkipCounter()
  const said = { rig: null, site: null, route: null, ...fill }
  const log = await reader.open({ ...found, hashOf: (file) => `hash of ${file}` }, said, skips)
  return { log, skipped: () => skips.list('') }
}

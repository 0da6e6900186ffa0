import type { Fill, RawLog, Reader } from '../../../pipeline/ingest/reader.js'
import { readers } from '../../../pipeline/ingest/readers.js'
import { SkipCounter } from '../../../pipeline/ingest/skipCounter.js'
import type { Skip } from '../../../pipeline/manifest.js'

const noFill: Fill = { rig: null, site: null, route: null }

/** Opens the one log at a path by the reader that takes it; its skips are those of opening and of what follows. */
export async function openBag(
  path: string,
  fill = noFill,
): Promise<{ log: RawLog; skips: Skip[]; counter: SkipCounter }> {
  const counter = new SkipCounter()
  for (const reader of [readers.mcap, readers.rosbag2, readers.rosbag1] as Reader[]) {
    if (!(await reader.recognises(path))) continue
    const [found] = await reader.logs(path)
    const log = await reader.open({ ...found, hashOf: () => 'hash' }, fill, counter)
    return { log, skips: counter.list(''), counter }
  }
  throw new Error(`no reader takes ${path}`)
}

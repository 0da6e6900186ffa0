import { join } from 'node:path'
import { writeArrowFile } from '../../../pipeline/arrow/arrowWriter.js'
import { batchFromRows } from '../../../pipeline/columns.js'
import { FrameWriter } from '../../../pipeline/frames.js'
import type { Grid } from '../../../pipeline/grid.js'
import type { Manifest } from '../../../pipeline/manifest.js'
import { calibrationSchema, logSchema } from '../../../pipeline/schema.js'
import { splitDefaults } from '../../../pipeline/splits/config.js'
import { split } from '../../../pipeline/splits/split.js'
import { runStage } from '../../../pipeline/stage.js'
import { streetFrame, taxonomy, tinyGrid } from './scenes.js'

/** A log of made-up streets: its id and its rig. */
export interface StreetLog {
  logId: string
  rigId: string
}

export const streetLogs: StreetLog[] = ['a', 'b', 'c', 'd', 'e'].map((logId, i) => ({
  logId,
  rigId: i % 2 === 0 ? 'van' : 'tug',
}))

/** Writes what `ingest` would leave for those logs, `frames` frames each. */
export function writeStreets(dir: string, frames: number, logs = streetLogs, grid: Grid = tinyGrid): Promise<Manifest> {
  const plan = {
    stage: 'ingest',
    target: dir,
    config: { logs: logs.map(({ logId }) => logId), frames },
    seed: 1,
    inputs: {},
  }
  return runStage(plan, async (work) => {
    const rows = logs.map((log, i) => logRow(log, frames, `frames-${String(i).padStart(5, '0')}.arrow`))
    for (const [i, log] of logs.entries()) writeLog(join(work.dir, rows[i].file), log, frames, grid)
    writeArrowFile(join(work.dir, 'logs.arrow'), logSchema, [batchFromRows(logSchema, rows)], 'zstd')
    const none = batchFromRows(calibrationSchema, [])
    writeArrowFile(join(work.dir, 'calibrations.arrow'), calibrationSchema, [none], 'zstd')
    work.detail('grid', grid)
    work.detail('taxonomy', { name: taxonomy.name, classes: taxonomy.classes })
  })
}

/** Splits a dataset of `streetLogs`: three logs train, one val, one test. */
export function splitStreets(dataset: string, out: string): Promise<Manifest> {
  // All streets are made up at one place and time, which would keep the logs of a rig together.
  const config = { ...splitDefaults, shares: [0.6, 0.2, 0.2], bufferM: 0, neighbourS: 0 }
  return split({ dataset, out, config, seed: 1, replace: false })
}

function writeLog(path: string, log: StreetLog, frames: number, grid: Grid): void {
  const tags = { ...streetFrame(grid, 1, log.logId), ...log }
  const writer = new FrameWriter(path, grid, taxonomy, 'occlab tests', tags)
  for (let i = 0; i < frames; i++) writer.write(streetFrame(grid, 1, log.logId, i))
  writer.close()
}

function logRow({ logId, rigId }: StreetLog, frames: number, file: string) {
  return {
    ...{ log_id: logId, site_id: 'site', route_id: `route ${logId}`, rig_id: rigId, date: null, license: null },
    ...{ format: 'made-up', occupancy: 'boxes', frames, file, source_hash: `hash of ${logId}` },
  }
}

import { join } from 'node:path'
import { writeArrowFile } from '../../../pipeline/arrow/arrowWriter.js'
import { batchFromRows } from '../../../pipeline/columns.js'
import { FrameWriter } from '../../../pipeline/frames.js'
import { calibrationSchema, logSchema } from '../../../pipeline/schema.js'
import { splitDefaults } from '../../../pipeline/splits/config.js'
import { split } from '../../../pipeline/splits/split.js'
import { runStage } from '../../../pipeline/stage.js'
import { classIndex } from '../../../pipeline/taxonomy.js'
import { streetFrame, taxonomy, tinyGrid } from '../../models/latent/scenes.js'

export const trainLogs = ['a', 'b', 'c', 'd']
/** What is a building elsewhere is a worker, a rare class, in these: only who trained on them can know. */
export const testLogs = ['e', 'f', 'g']
export const framesPerLog = 8

/** Writes a dataset, and a split whose test part is `testLogs`. Logs lie a kilometre apart, frames 0.8 m. */
export async function writeSecret(dataset: string, splitDir: string): Promise<void> {
  const logs = [...trainLogs, ...testLogs]
  await runStage({ stage: 'ingest', target: dataset, config: { logs }, seed: 1, inputs: {} }, async (work) => {
    const rows = logs.map((logId) => ({
      ...{ log_id: logId, site_id: 'site', route_id: logId, rig_id: 'rig', date: null, license: null },
      ...{ format: 'made-up', occupancy: 'boxes', frames: framesPerLog, file: `${logId}.arrow`, source_hash: logId },
    }))
    for (const [i, logId] of logs.entries()) writeLog(join(work.dir, `${logId}.arrow`), logId, i)
    writeArrowFile(join(work.dir, 'logs.arrow'), logSchema, [batchFromRows(logSchema, rows)], 'zstd')
    const none = batchFromRows(calibrationSchema, [])
    writeArrowFile(join(work.dir, 'calibrations.arrow'), calibrationSchema, [none], 'zstd')
    work.detail('grid', tinyGrid)
    work.detail('taxonomy', { name: taxonomy.name, classes: taxonomy.classes })
  })
  const config = { ...splitDefaults, shares: [0.6, 0, 0.4], neighbourS: 0, holdOut: testLogs }
  await split({ dataset, out: splitDir, config, seed: 1, replace: false })
}

function writeLog(path: string, logId: string, number: number): void {
  const [building, worker] = ['building', 'worker'].map((name) => classIndex(taxonomy, name))
  const writer = new FrameWriter(path, tinyGrid, taxonomy, 'occlab tests', streetFrame(tinyGrid, 1, logId))
  for (let i = 0; i < framesPerLog; i++) {
    const frame = streetFrame(tinyGrid, 1, logId, i)
    const { q } = frame.cityFromEgo
    const semantics = frame.semantics.map((label) => (testLogs.includes(logId) && label === building ? worker : label))
    writer.write({ ...frame, semantics, cityFromEgo: { q, t: [1000 * number + 0.8 * i, 0, 0] } })
  }
  writer.close()
}

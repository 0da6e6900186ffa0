import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Field, Float64, Int32, Int64, Schema, Utf8 } from 'apache-arrow'
import { ArrowFile } from '../arrow/arrowFile.js'
import { ArrowFileWriter } from '../arrow/arrowWriter.js'
import { batchFromRows } from '../columns.js'
import { readManifest, verifyOutput } from '../manifest.js'
import type { Frame, LogInfo } from '../schema.js'
import type { LogTrack } from './tracks.js'

/**
 * Name of the file in a model's folder that lists every frame it was trained on, one row a frame: enough to judge any
 * evaluation by, on this dataset or another, when the dataset and the split of the training are long gone.
 */
export const trainedFile = 'trained.arrow'

/** What is kept of a log that a model was trained on: of its frames, those that it saw. */
export type TrainedLog = Pick<
  LogTrack,
  'logId' | 'siteId' | 'rigId' | 'sourceHash' | 'frameIndex' | 'timestampNs' | 'xM' | 'yM'
>

const metre = new Map([['unit', 'm']])
const trainedSchema = new Schema([
  new Field('log_id', new Utf8(), false),
  new Field('site_id', new Utf8(), false),
  new Field('rig_id', new Utf8(), false),
  new Field('source_hash', new Utf8(), false),
  new Field('frame_index', new Int32(), false),
  new Field('timestamp_ns', new Int64(), false, new Map([['unit', 'ns since the Unix epoch']])),
  // Of the ego in the city frame of the site.
  new Field('x', new Float64(), false, metre),
  new Field('y', new Float64(), false, metre),
])

type SeenFrame = Pick<Frame, 'frameIndex' | 'timestampNs' | 'cityFromEgo'>

/** Row of a frame; no more of the frame need stay in memory. */
export function trainedRow({ logId, siteId, rigId, sourceHash }: LogInfo, frame: SeenFrame): Record<string, unknown> {
  const [x, y] = frame.cityFromEgo.t
  return {
    ...{ log_id: logId, site_id: siteId, rig_id: rigId, source_hash: sourceHash },
    ...{ frame_index: frame.frameIndex, timestamp_ns: frame.timestampNs, x, y },
  }
}

/** Writes the list while `survey` goes through the logs: it calls its argument with each log's rows, one log at a time. */
export async function writeTrained<T>(
  dir: string,
  survey: (write: (rows: readonly Record<string, unknown>[]) => void) => Promise<T>,
): Promise<T> {
  const writer = new ArrowFileWriter(join(dir, trainedFile), trainedSchema, 'zstd')
  try {
    const found = await survey((rows) => {
      if (rows.length > 0) writer.write(batchFromRows(trainedSchema, rows))
    })
    writer.close()
    return found
  } catch (error) {
    writer.abort()
    throw error
  }
}

/**
 * The frames that the model of a folder was trained on, by log. Null when its folder does not list them: an older occlab
 * made it. Throws DataError when the list is not the one that training wrote.
 */
export async function readTrained(model: string): Promise<TrainedLog[] | null> {
  if (!existsSync(join(model, trainedFile))) return null
  await verifyOutput(model, await readManifest(model), trainedFile)
  const file = await ArrowFile.open(join(model, trainedFile))
  const logs: TrainedLog[] = []
  try {
    for (let i = 0; i < file.batchCount; i++) {
      const batch = await file.readBatch(i)
      const column = (name: string) => batch.getChild(name)!
      const first = (name: string): string => column(name).get(0)
      logs.push({
        ...{ logId: first('log_id'), siteId: first('site_id'), rigId: first('rig_id') },
        sourceHash: first('source_hash'),
        frameIndex: Int32Array.from(column('frame_index')),
        timestampNs: BigInt64Array.from(column('timestamp_ns')),
        xM: Float64Array.from(column('x')),
        yM: Float64Array.from(column('y')),
      })
    }
    return logs
  } finally {
    await file.close()
  }
}

import type { Schema } from 'apache-arrow'
import { ArrowFileWriter } from '../pipeline/arrow/arrowWriter.js'
import { batchFromRows } from '../pipeline/columns.js'
import type { Dataset } from '../pipeline/dataset.js'
import { type Frame, predictionSchema } from '../pipeline/schema.js'

type Kind = 'reconstruction' | 'forecast' | 'copy' | 'warp'

interface Kept {
  log_id: string
  frame_index: number
  kind: Kind
  horizon_s: number
  semantics: Uint8Array
}

const rowsPerBatch = 10

/**
 * Keeps the predictions of the first frames of each scored log for the viewer, in order of log, frame, kind, horizon.
 * Only one log's are in memory: they may be added in any order before the log is ended.
 */
export class PredictionLog {
  private readonly schema: Schema
  private readonly file: ArrowFileWriter
  private waiting: Kept[] = []

  constructor(
    path: string,
    { grid, taxonomy }: Pick<Dataset, 'grid' | 'taxonomy'>,
    private readonly framesPerLog: number,
  ) {
    this.schema = predictionSchema({ grid: JSON.stringify(grid), taxonomy: JSON.stringify(taxonomy) })
    this.file = new ArrowFileWriter(path, this.schema, 'zstd')
  }

  add(
    { logId, frameIndex }: Pick<Frame, 'logId' | 'frameIndex'>,
    kind: Kind,
    horizonS: number,
    semantics: Uint8Array,
  ): void {
    if (frameIndex < this.framesPerLog)
      this.waiting.push({ log_id: logId, frame_index: frameIndex, kind, horizon_s: horizonS, semantics })
  }

  endLog(): void {
    const rows = this.waiting.sort(inOrder)
    this.waiting = []
    for (let at = 0; at < rows.length; at += rowsPerBatch)
      this.file.write(batchFromRows(this.schema, rows.slice(at, at + rowsPerBatch) as never))
  }

  close(): void {
    this.file.close()
  }
}

function inOrder(a: Kept, b: Kept): number {
  if (a.frame_index !== b.frame_index) return a.frame_index - b.frame_index
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1
  return a.horizon_s - b.horizon_s
}

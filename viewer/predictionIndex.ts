import { ArrowFile } from '../pipeline/arrow/arrowFile.js'
import { DataError } from '../pipeline/errors.js'
import type { FrameSummary, Kind } from './contract.js'

interface Place {
  batch: number
  row: number
}

/** Where each predicted grid lies in `predictions.arrow`. Opening reads every batch once; no grid stays in memory. */
export class PredictionIndex {
  private readonly places = new Map<string, Place>()
  private readonly frames = new Map<string, Map<number, FrameSummary>>()
  readonly kinds = new Set<Kind>()
  readonly horizonsS = new Set<number>()

  private constructor(private readonly file: ArrowFile) {}

  /** Throws DataError when the file is missing, damaged or holds other columns. */
  static async open(path: string): Promise<PredictionIndex> {
    const index = new PredictionIndex(await ArrowFile.open(path))
    try {
      for (let batch = 0; batch < index.file.batchCount; batch++) await index.note(batch)
      return index
    } catch (error) {
      await index.close()
      throw error
    }
  }

  private async note(batch: number): Promise<void> {
    const rows = await this.file.readBatch(batch)
    const [logs, frames, kinds, horizons] = ['log_id', 'frame_index', 'kind', 'horizon_s'].map((name) => {
      const column = rows.getChild(name)
      if (!column)
        throw new DataError('not a file of predictions', { file: this.file.path, expected: `column ${name}` })
      return column
    })
    for (let row = 0; row < rows.numRows; row++)
      this.add(logs.get(row), frames.get(row), kinds.get(row), horizons.get(row), { batch, row })
  }

  private add(logId: string, frameIndex: number, kind: Kind, horizonS: number, place: Place): void {
    this.places.set(keyOf(logId, frameIndex, kind, horizonS), place)
    this.kinds.add(kind)
    const ofLog = this.frames.get(logId) ?? new Map<number, FrameSummary>()
    this.frames.set(logId, ofLog)
    const frame = ofLog.get(frameIndex) ?? { frameIndex, reconstruction: false, horizonsS: {} }
    ofLog.set(frameIndex, frame)
    if (kind === 'reconstruction') frame.reconstruction = true
    else {
      this.horizonsS.add(horizonS)
      frame.horizonsS[kind] = [...(frame.horizonsS[kind] ?? []), horizonS].sort((a, b) => a - b)
    }
  }

  /** Predictions of a log, by frame index. */
  ofLog(logId: string): ReadonlyMap<number, FrameSummary> {
    return this.frames.get(logId) ?? new Map()
  }

  /** [X·Y·Z] class indices; null when no such prediction was kept. */
  async grid(logId: string, frameIndex: number, kind: Kind, horizonS: number): Promise<Uint8Array | null> {
    const place = this.places.get(keyOf(logId, frameIndex, kind, kind === 'reconstruction' ? 0 : horizonS))
    if (!place) return null
    const batch = await this.file.readBatch(place.batch)
    return batch.getChild('semantics')!.get(place.row)
  }

  async close(): Promise<void> {
    await this.file.close()
  }
}

function keyOf(logId: string, frameIndex: number, kind: string, horizonS: number): string {
  return JSON.stringify([logId, frameIndex, kind, horizonS])
}

import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { type Dataset, openDataset } from '../pipeline/dataset.js'
import { DataError } from '../pipeline/errors.js'
import { manifestFile } from '../pipeline/manifest.js'
import type { Frame } from '../pipeline/schema.js'
import { findAudit, readAuditInfo } from './auditSummary.js'
import {
  type AuditInfo,
  type FrameInfo,
  type Headline,
  type Kind,
  kinds,
  type LogInfo,
  type RunInfo,
} from './contract.js'
import { frameNumbers } from './frameNumbers.js'
import { readHeadlines } from './headlines.js'
import { PredictionIndex } from './predictionIndex.js'

/** The policy under which the panels score the frame they show; `app/frameScore.ts` is its definition there. */
export const panelPolicy = 'occlab'

/** A run folder, open for looking at. Predictions and scores may be missing: then there is the truth alone. */
export class RunFolder {
  private readonly numbers = new Map<string, Promise<number[]>>()

  private constructor(
    readonly dir: string,
    private readonly dataset: Dataset,
    private readonly predictions: PredictionIndex | null,
    private readonly headlines: Headline[],
    /** What an audit of a split of the dataset found; null: there is none. */
    readonly audit: AuditInfo | null,
  ) {}

  /**
   * Opens a run folder, or a dataset folder on its own, with the audit of a folder, or the one that the run holds. Throws
   * DataError when it is neither, and when the audit asked for is none of this dataset.
   */
  static async open(runDir: string, auditDir?: string): Promise<RunFolder> {
    const dir = resolve(runDir)
    const datasetDir = [join(dir, 'dataset'), dir].find((candidate) => existsSync(join(candidate, manifestFile)))
    if (!datasetDir)
      throw new DataError('nothing to view', { file: dir, expected: 'a run folder with dataset/ in it, or a dataset' })
    const [grids, scores] = ['predictions.arrow', 'metrics.parquet'].map((name) => join(dir, 'metrics', name))
    const dataset = await openDataset(datasetDir)
    const { hash } = dataset.manifest
    const audit = auditDir ? await readAuditInfo(auditDir, hash) : await findAudit(dir, hash)
    const predictions = existsSync(grids) ? await PredictionIndex.open(grids) : null
    const headlines = existsSync(scores) ? await readHeadlines(scores, panelPolicy) : []
    return new RunFolder(dir, dataset, predictions, headlines, audit)
  }

  info(): RunInfo {
    const { grid, taxonomy, logs, manifest } = this.dataset
    return {
      name: basename(this.dir),
      dataset: manifest.hash.slice(0, 12),
      grid,
      taxonomy: taxonomy.name,
      classes: taxonomy.classes,
      logs: logs.map(({ logId, siteId, rigId, occupancy, frames }) => {
        return { logId, siteId, rigId, occupancy, frames, predicted: this.predictions?.ofLog(logId).size ?? 0 }
      }),
      kinds: kinds.filter((kind) => kind === 'truth' || this.predictions?.kinds.has(kind)),
      horizonsS: [...(this.predictions?.horizonsS ?? [])].sort((a, b) => a - b),
      headlines: this.headlines,
      hasAudit: this.audit !== null,
    }
  }

  /** Null when there is no such log. */
  async log(logId: string): Promise<LogInfo | null> {
    const numbers = await this.numbersOf(logId)
    const kept = this.predictions?.ofLog(logId)
    const none = { reconstruction: false, horizonsS: {} }
    return numbers && { logId, frames: numbers.map((frameIndex) => kept?.get(frameIndex) ?? { frameIndex, ...none }) }
  }

  async frame(logId: string, frameIndex: number): Promise<FrameInfo | null> {
    const frame = await this.frameOf(logId, frameIndex)
    if (!frame) return null
    const first = await this.dataset.frame(this.dataset.firstFrame.get(logId)!)
    const { siteId, routeId, rigId, weather, timeOfDay, lidarPoints, sweeps, egoMotion: motion } = frame
    return {
      logId,
      frameIndex,
      timeS: Number(frame.timestampNs - first.timestampNs) / 1e9,
      speedMps: motion && Math.hypot(motion.dxM, motion.dyM) / motion.dtS,
      yawRateRadps: motion && motion.dyawRad / motion.dtS,
      ...{ siteId, routeId, rigId, weather, timeOfDay, lidarPoints, sweeps },
    }
  }

  /** [X·Y·Z] class indices; null when there is none. */
  async grid(logId: string, frameIndex: number, kind: Kind, horizonS: number): Promise<Uint8Array | null> {
    if (kind === 'truth') return (await this.frameOf(logId, frameIndex))?.semantics ?? null
    return this.predictions?.grid(logId, frameIndex, kind, horizonS) ?? null
  }

  /** Bit mask of the observed voxels; null when there is no such frame. */
  async observed(logId: string, frameIndex: number): Promise<Uint8Array | null> {
    return (await this.frameOf(logId, frameIndex))?.observed ?? null
  }

  async close(): Promise<void> {
    await this.predictions?.close()
    await this.dataset.close()
  }

  private async frameOf(logId: string, frameIndex: number): Promise<Frame | null> {
    const row = (await this.numbersOf(logId))?.indexOf(frameIndex) ?? -1
    return row < 0 ? null : this.dataset.frame(this.dataset.firstFrame.get(logId)! + row)
  }

  private async numbersOf(logId: string): Promise<number[] | null> {
    if (!this.dataset.firstFrame.has(logId)) return null
    const known = this.numbers.get(logId) ?? frameNumbers(this.dataset, logId)
    this.numbers.set(logId, known)
    return known
  }
}

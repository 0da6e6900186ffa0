import { join } from 'node:path'
import { openDataset } from '../../pipeline/dataset.js'
import { UsageError } from '../../pipeline/errors.js'
import type { Manifest } from '../../pipeline/manifest.js'
import { carryCertificate } from '../../pipeline/splits/certificateFolder.js'
import { readSplit } from '../../pipeline/splits/readSplit.js'
import { runStage } from '../../pipeline/stage.js'
import { type MetricRow, withRemark } from '../metricRow.js'
import { writeMetrics } from '../metricTable.js'
import { refuseTrainedFrames } from '../trainedFrames.js'
import type { Audit } from './audit.js'
import { audits } from './audits.js'

/** Settings of the `audit` stage. */
export interface AuditConfig {
  /** Audits to run, by registry key. */
  audits: readonly string[]
  /** Steps of each model that an audit trains; 0 takes the audited model's own number. */
  steps: number
  /** A gap in IoU above this fails. */
  maximumGap: number
  /** Logs that must support a verdict. */
  minimumLogs: number
  /** Metric policy, by registry key. */
  policy: string
  resamples: number
  /** Audit a latent on frames it may have been trained on, and say so beside every number. */
  allowTrained: boolean
}

export const auditDefaults: AuditConfig = {
  audits: Object.keys(audits),
  steps: 0,
  maximumGap: 0.05,
  minimumLogs: 3,
  policy: 'occlab',
  resamples: 1000,
  allowTrained: false,
}

export const auditPresets: Record<'demo' | 'tiny', Partial<AuditConfig>> = {
  // A third of the training that the audited latent had: enough for the gap between rigs to show, within the minutes of a demo.
  demo: { steps: 80 },
  tiny: { steps: 10, resamples: 200 },
}

export interface AuditOptions {
  dataset: string
  split: string
  latent: string
  out: string
  config: Readonly<AuditConfig>
  seed: number
  replace?: boolean
}

/**
 * Stage `audit`: runs each audit and writes its numbers and verdicts to `metrics.parquet`, with the models it trained
 * beside them.
 */
export async function runAudits(options: AuditOptions): Promise<Manifest> {
  const { out, config, seed, replace } = options
  const folders = { dataset: options.dataset, split: options.split, latent: options.latent }
  const chosen = config.audits.map(auditNamed)
  return runStage({ stage: 'audit', target: out, config, seed, inputs: folders, replace }, async (work) => {
    const split = await readSplit(folders.split)
    const { allowTrained } = config
    const { latent, ...other } = folders
    const compared = await refuseTrainedFrames({ ...other, models: { latent }, part: 'test', allowTrained })
    await carryCertificate(folders.split, work)
    const dataset = await openDataset(folders.dataset)
    const rows: MetricRow[] = []
    try {
      for (const audit of chosen) rows.push(...(await audit.run({ work, dataset, split, folders, config, seed })))
    } finally {
      await dataset.close()
    }
    await writeMetrics(
      join(work.dir, 'metrics.parquet'),
      rows.map((row) => withRemark(row, compared.remark)),
    )
    work.detail('trainedFrames', compared)
    work.detail(
      'verdicts',
      rows.flatMap(({ slice, metric, verdict, remark }) => (verdict ? [{ slice, metric, verdict, remark }] : [])),
    )
  })
}

function auditNamed(key: string): Audit {
  const audit = (audits as Record<string, Audit>)[key]
  if (!audit) throw new UsageError(`no audit '${key}'`, { expected: Object.keys(audits).join(' | ') })
  return audit
}

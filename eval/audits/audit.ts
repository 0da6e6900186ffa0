import type { Dataset } from '../../pipeline/dataset.js'
import type { Split } from '../../pipeline/splits/readSplit.js'
import type { Work } from '../../pipeline/stage.js'
import type { MetricRow } from '../metricRow.js'
import type { AuditConfig } from './runAudits.js'

/** What an audit works with. It may train models of its own: inside `work.dir`, each in a folder of its own. */
export interface AuditContext {
  work: Work
  dataset: Dataset
  split: Split
  /** Folders of the dataset, the split and the audited latent. */
  folders: { dataset: string; split: string; latent: string }
  config: Readonly<AuditConfig>
  seed: number
}

/** An audit's failure is a row with the verdict `fail`, not an exception. */
export interface Audit {
  name: string
  /** What it asks, in words. */
  question: string
  run(context: AuditContext): Promise<MetricRow[]>
}

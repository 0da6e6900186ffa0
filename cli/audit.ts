import { type AuditConfig, auditDefaults, auditPresets, runAudits } from '../eval/audits/runAudits.js'
import { readMetrics } from '../eval/metricTable.js'
import { auditTable } from './auditTable.js'
import type { CommandBody } from './lazyCommand.js'
import { configFrom, flagsOf, printStage, type StageFlags } from './options.js'
import { stageInputs } from './stageInputs.js'

interface Flags extends StageFlags {
  dataset: string
  split: string
  latent: string
}

const words: Record<keyof AuditConfig, string> = {
  audits: 'audits to run',
  steps: 'steps of each model that an audit trains; 0 takes as many as the audited model had',
  maximumGap: 'a gap in IoU above this fails',
  minimumLogs: 'logs that must support a verdict',
  policy: 'metric policy',
  resamples: 'bootstrap resamples over logs',
  allowTrained: 'audit a latent on frames it may have trained on, and say so beside every number',
}

export const audit: CommandBody<Flags> = {
  builder: (yargs) =>
    yargs.options({
      ...stageInputs('dataset', 'split', 'latent'),
      ...flagsOf(auditDefaults, auditPresets, 'audits folder to write', words),
    }),
  async handler(argv) {
    const config = configFrom('audit', auditDefaults, auditPresets, argv)
    const manifest = await runAudits({ ...argv, config })
    const rows = await readMetrics(`${argv.out}/metrics.parquet`)
    printStage(argv.json, argv.out, manifest, auditTable(rows))
    if (rows.some((row) => row.verdict === 'fail')) process.exitCode = 4
  },
}

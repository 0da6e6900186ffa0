import { join } from 'node:path'
import { type AuditConfig, runAudits } from '../eval/audits/runAudits.js'
import type { EvalConfig } from '../eval/evalConfig.js'
import { evaluate } from '../eval/evaluate.js'
import { type ProbeConfig, runProbes } from '../eval/probes/runProbes.js'
import type { DynamicsConfig } from '../models/dynamics/config.js'
import { trainDynamics } from '../models/dynamics/train.js'
import type { LatentConfig } from '../models/latent/config.js'
import { encodeDataset } from '../models/latent/encode.js'
import { trainLatent } from '../models/latent/train.js'
import type { IngestConfig } from '../pipeline/ingest/config.js'
import { ingest } from '../pipeline/ingest/ingest.js'
import type { Manifest } from '../pipeline/manifest.js'
import { type SplitConfig, split } from '../pipeline/splits/split.js'

/** Everything the flow from raw logs to report is asked to do. */
export interface FlowPlan {
  /** Folders that are logs or hold logs. */
  logs: string[]
  /** Run folder: each stage writes one folder in it. */
  run: string
  seed: number
  replace: boolean
  ingest: Readonly<IngestConfig>
  split: Readonly<SplitConfig>
  latent: Readonly<LatentConfig>
  dynamics: Readonly<DynamicsConfig>
  eval: Readonly<EvalConfig>
  probe: Readonly<ProbeConfig>
  audit: Readonly<AuditConfig>
  /** Worker threads of ingest; changes no byte. */
  jobs: number
  /** Called as each stage ends. */
  onStage(name: string, manifest: Manifest): void
}

/**
 * Raw logs in, an audited world model and its report out: every stage in order, each reading the folders before it and
 * writing its own. A stage whose folder is already there for the same plan is not run again.
 */
export async function runFlow(plan: FlowPlan): Promise<void> {
  const at = (name: string) => join(plan.run, name)
  const common = { seed: plan.seed, replace: plan.replace }
  const folders = { dataset: at('dataset'), split: at('split'), latent: at('latent'), latents: at('latents') }
  const stages: [string, () => Promise<Manifest>][] = [
    [
      'dataset',
      () =>
        ingest({ logs: plan.logs, out: at('dataset'), config: plan.ingest, jobs: plan.jobs, replace: plan.replace }),
    ],
    ['split', () => split({ dataset: folders.dataset, out: at('split'), config: plan.split, ...common })],
    ['latent', () => trainLatent({ ...folders, out: at('latent'), config: plan.latent, ...common })],
    ['latents', () => encodeDataset({ ...folders, out: at('latents'), replace: plan.replace })],
    ['dynamics', () => trainDynamics({ ...folders, out: at('dynamics'), config: plan.dynamics, ...common })],
    [
      'metrics',
      () => evaluate({ ...folders, dynamics: at('dynamics'), out: at('metrics'), config: plan.eval, ...common }),
    ],
    ['probes', () => runProbes({ ...folders, out: at('probes'), config: plan.probe, ...common })],
    ['audits', () => runAudits({ ...folders, out: at('audits'), config: plan.audit, ...common })],
    ['report', () => writeReport(plan, at('report'))],
  ]
  for (const [name, stage] of stages) plan.onStage(name, await stage())
}

/** Loaded when its turn comes, as in `cli/report.ts`. */
async function writeReport({ run, replace }: FlowPlan, out: string): Promise<Manifest> {
  const { report } = await import('../eval/report/report.js')
  return report({ run, out, replace })
}

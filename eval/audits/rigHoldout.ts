import { join } from 'node:path'
import type { LatentConfig } from '../../models/latent/config.js'
import type { LatentModel } from '../../models/latent/latentModel.js'
import { loadLatent } from '../../models/latent/load.js'
import { trainLatent } from '../../models/latent/train.js'
import { readManifest } from '../../pipeline/manifest.js'
import { stream } from '../../pipeline/random.js'
import type { LogInfo } from '../../pipeline/schema.js'
import { rareIndices } from '../../pipeline/taxonomy.js'
import type { MetricRow } from '../metricRow.js'
import { Confusion, onCounts } from '../metrics/confusion.js'
import { meanIou, occupancyIou, pooledRecall } from '../metrics/iou.js'
import { classPolicyOf, type Policy, policyNamed } from '../metrics/policies.js'
import { maskOf } from '../policyMask.js'
import { reconstruct } from '../reconstruct.js'
import { framesOfPart } from '../scoreLogs.js'
import { clusterBootstrap, pairedBootstrap } from '../statistics/bootstrap.js'
import type { Interval } from '../statistics/interval.js'
import { verdict } from '../statistics/verdict.js'
import type { Audit, AuditContext } from './audit.js'

type Confusions = Map<string, Confusion>

/**
 * Leave one rig out. For each rig, a latent is trained on everything but its logs and both it and a reference trained on
 * all rigs for as many steps reconstruct that rig's test logs: the gap is what not having seen the rig costs.
 */
export const rigHoldout: Audit = {
  name: 'rig_holdout',
  question: 'Does the latent hold on a rig it never saw?',
  async run(context) {
    const rigs = [...new Set(context.dataset.logs.map(({ rigId }) => rigId))].sort()
    const reference = await scored(context, 'all-rigs', null)
    const rows: MetricRow[] = []
    for (const rig of rigs) {
      const canHoldOut = trainingLogs(context).some(({ rigId }) => rigId !== rig)
      const held = canHoldOut ? await scored(context, `without-${rig}`, rig) : new Map()
      rows.push(...rigRows(context, rig, reference, held))
    }
    return rows
  },
}

function trainingLogs({ dataset, split }: AuditContext): LogInfo[] {
  const ids = new Set(split.logs('train'))
  return dataset.logs.filter(({ logId }) => ids.has(logId))
}

/** Trains a latent without the rig (null: with all) and counts its reconstruction of the test part, log by log. */
async function scored(context: AuditContext, name: string, withoutRig: string | null): Promise<Confusions> {
  const { work, folders, config, seed } = context
  const audited = await readManifest(folders.latent, 'train-latent')
  const steps = config.steps || Number(audited.config.steps)
  const exclude = withoutRig === null ? [] : [`rig_id=${withoutRig}`]
  const out = join(work.dir, 'models', name)
  await trainLatent({
    ...folders,
    out,
    config: { ...(audited.config as never as LatentConfig), steps, exclude },
    seed,
    label: name,
  })
  const { model } = await loadLatent(out)
  try {
    return await confusionsOf(context, model)
  } finally {
    model.dispose()
  }
}

async function confusionsOf({ dataset, split, config }: AuditContext, model: LatentModel): Promise<Confusions> {
  const policy = policyNamed(config.policy)
  const confusions: Confusions = new Map()
  for (const logId of split.logs('test')) {
    const confusion = new Confusion(dataset.taxonomy.classes.length)
    const frames = framesOfPart(dataset.frames(logId), ({ frameIndex }) => split.partOf(logId, frameIndex) === 'test')
    for await (const { frame, predicted } of reconstruct(model, dataset, frames, 8))
      confusion.addFrame(frame.semantics, predicted, maskOf(policy, frame, dataset.taxonomy))
    confusions.set(logId, confusion)
  }
  return confusions
}

/** The rig's scores with and without having seen it, their gap and the verdict on it. */
function rigRows(context: AuditContext, rig: string, reference: Confusions, held: Confusions): MetricRow[] {
  const { dataset, config, seed } = context
  const policy = policyNamed(config.policy)
  const logIds = dataset.logs
    .filter(({ rigId, logId }) => rigId === rig && reference.has(logId))
    .map(({ logId }) => logId)
  const [seen, unseen] = [reference, held].map((all) => logIds.flatMap((id) => all.get(id)?.counts ?? []))
  const classes = dataset.taxonomy.classes.length
  const ofCounts = (counts: Float64Array) => new Confusion(classes, counts)
  return measuresOf(context, policy).flatMap(({ metric, score }) => {
    const options = { rng: stream(seed, 'rig-holdout', rig, metric), resamples: config.resamples }
    const statistic = onCounts(classes, score)
    // What an IoU rests on depends on what was predicted, too.
    const countOn = (counts: readonly Float64Array[]) => score(Confusion.sum(classes, counts.map(ofCounts))).count
    const line = (name: string, model: string, interval: Interval, counts: readonly Float64Array[]) =>
      auditRow(context, policy, rig, name, model, countOn(counts), interval)
    const gap = unseen.length === seen.length ? pairedBootstrap(seen, unseen, statistic, options) : none(unseen.length)
    return [
      line(metric, 'seen', clusterBootstrap(seen, statistic, options), seen),
      line(metric, 'unseen', clusterBootstrap(unseen, statistic, options), unseen),
      judged(context, metric, line(`${metric}_gap`, 'seen − unseen', gap, unseen)),
    ]
  })
}

function measuresOf({ dataset: { taxonomy } }: AuditContext, policy: Policy) {
  const rare = rareIndices(taxonomy)
  return [
    { metric: 'iou', score: (c: Confusion) => occupancyIou(c, policy, taxonomy) },
    { metric: 'miou', score: (c: Confusion) => meanIou(c, policy, taxonomy) },
    { metric: 'rare_recall', score: (c: Confusion) => pooledRecall(c, rare) },
  ]
}

function none(drawn: number): Interval {
  const reason = 'no other rig has training logs, so the rig cannot be held out'
  return {
    value: null,
    low: null,
    high: null,
    confidence: 0.95,
    method: 'none',
    reason,
    clusters: 0,
    drawn,
    resamples: 0,
  }
}

/** Only the IoU gap is gated; the others are there to be read. */
function judged({ config }: AuditContext, metric: string, row: MetricRow): MetricRow {
  if (metric !== 'iou') return row
  const gate = { threshold: config.maximumGap, direction: 'at most', minimumClusters: config.minimumLogs } as const
  const { verdict: outcome, reason } = verdict(row, gate)
  return { ...row, verdict: outcome, remark: row.remark ?? reason }
}

function auditRow(
  { work, split, config }: AuditContext,
  policy: Policy,
  rig: string,
  metric: string,
  model: string,
  count: number,
  interval: Interval,
): MetricRow {
  return {
    task: 'audit',
    model,
    metric,
    value: interval.value,
    unit: 'ratio',
    count,
    countOf: 'voxels',
    className: null,
    horizonS: null,
    slice: `rig=${rig}`,
    policy: policy.name,
    mask: policy.mask,
    classPolicy: classPolicyOf(policy),
    ego: null,
    population: `reconstruction of the test frames of ${interval.drawn} logs of the rig; models of ${config.steps || 'as many'} steps`,
    part: 'test',
    low: interval.low,
    high: interval.high,
    confidence: interval.confidence,
    interval: interval.method,
    clusters: interval.clusters,
    verdict: null,
    remark: interval.reason ?? null,
    dataset: work.inputHashes.dataset,
    split: split.hash,
    run: work.inputHashes.latent,
  }
}

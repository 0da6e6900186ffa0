import { UsageError } from '../../pipeline/errors.js'
import { type Verdict, verdict } from '../statistics/verdict.js'
import { type ComparisonRow, gainOf } from './comparisonRow.js'

/** What a comparison is held to: `iou=-0.01`, `recall:pedestrian@2=-0.05`. */
export interface Limit {
  /** As it was given, for messages. */
  words: string
  metric: string
  className: string | null
  horizonS: number | null
  /** By how much B must be better than A; negative: by how much it may be worse. */
  threshold: number
  /** `fail`: B fails where it is shown to be under the threshold. `pass`: it fails unless it is shown to be over it. */
  kind: 'fail' | 'pass'
}

/** One number held against a limit. */
export interface LimitCheck extends Verdict {
  limit: Limit
  row: ComparisonRow
  isBroken: boolean
}

const form = /^([\w-]+)(?::([\w ]+))?(?:@([\d.]+))?=([+-]?[\d.]+(?:e-?\d+)?)$/i

/** Parses METRIC[:CLASS][@SECONDS]=CHANGE. Throws UsageError. */
export function parseLimit(words: string, kind: Limit['kind']): Limit {
  const [, metric, className, horizon, change] = words.replace('−', '-').match(form) ?? []
  const [threshold, horizonS] = [Number(change), horizon === undefined ? null : Number(horizon)]
  if (metric === undefined || Number.isNaN(threshold) || Number.isNaN(horizonS))
    throw new UsageError(`no limit '${words}'`, {
      expected: 'METRIC[:CLASS][@SECONDS]=CHANGE, such as iou=-0.01 or recall:pedestrian@2=-0.05',
    })
  return { words, metric, className: className ?? null, horizonS, threshold, kind }
}

/**
 * Holds a comparison against limits: every task, horizon and policy that a limit's words fit, over all logs. The change
 * that counts is by how much B is better, so −0.01 allows an error, too, to be worse by 0.01. It is decided by the whole
 * interval (`statistics/verdict.ts`), uncorrected: a limit is one question asked beforehand.
 *
 * @throws UsageError for a limit that fits no number.
 */
export function checkLimits(
  rows: readonly ComparisonRow[],
  limits: readonly Limit[],
  minimumClusters: number,
): LimitCheck[] {
  return limits.flatMap((limit) => {
    const held = rows.filter((row) => fits(row, limit))
    if (held.length === 0)
      throw new UsageError(`limit '${limit.words}' fits no compared number`, {
        expected: [...new Set(rows.map(nameOf))].sort().join(', '),
      })
    return held.map((row) => checkRow(row, limit, minimumClusters))
  })
}

function checkRow(row: ComparisonRow, limit: Limit, minimumClusters: number): LimitCheck {
  const evidence = { ...gainOf(row), clusters: row.logs }
  const found = verdict(evidence, { threshold: limit.threshold, direction: 'at least', minimumClusters })
  const isBroken = found.verdict === 'fail' || (limit.kind === 'pass' && found.verdict !== 'pass')
  return { ...found, limit, row, isBroken }
}

function fits(row: ComparisonRow, { metric, className, horizonS }: Limit): boolean {
  const isWanted = row.metric === metric && row.className === className && row.slice === 'all'
  return isWanted && (horizonS === null || row.horizonS === horizonS)
}

function nameOf({ metric, className }: ComparisonRow): string {
  return className === null ? metric : `${metric}:${className}`
}

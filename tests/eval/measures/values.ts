import type { FrameMeasure, ScoredFrame, ScoredWindow, Sums, WindowMeasure } from '../../../eval/measures/measure.js'
import { type Policy, policies } from '../../../eval/metrics/policies.js'
import type { Score } from '../../../eval/metrics/score.js'
import { world } from './scene.js'

type Of<M> = M extends FrameMeasure ? ScoredFrame : ScoredWindow

/** What a measure says of some frames or windows of one log, by metric (and class), for one slice and horizon. */
export function valuesOf<M extends FrameMeasure | WindowMeasure>(
  measure: M,
  all: readonly Of<M>[],
  {
    slice = 'all',
    horizonS = null,
    policy = policies.occlab,
  }: { slice?: string; horizonS?: number | null; policy?: Policy } = {},
): Record<string, Score> {
  const found = sumsOf(measure, all, policy).find((sums) => sums.slice === slice && sums.horizonS === horizonS)
  if (!found) return {}
  const named = measure
    .values(world, policy)
    .map(({ metric, className, score }) => [className ? `${metric} ${className}` : metric, score(found.sums)])
  return Object.fromEntries(named)
}

export function sumsOf<M extends FrameMeasure | WindowMeasure>(
  measure: M,
  all: readonly Of<M>[],
  policy: Policy = policies.occlab,
): Sums[] {
  const counter = measure.counter(world, policy)
  for (const one of all) counter.add(one as never)
  return [...counter.sums()]
}

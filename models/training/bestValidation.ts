import type { History } from './history.js'
import { type Criterion, criteria } from './loopConfig.js'

/** The best validation of a run so far. */
export interface BestValidation {
  /** Steps done when it was made. */
  step: number
  value: number
  /** Validations since, none of them better. */
  since: number
}

/**
 * Looks the best validation up in what a run has logged, so that no state of it can disagree with the history. Equal
 * values do not replace an earlier one, and a value that is not finite is never the best.
 *
 * @returns null before the first validation with that number
 */
export function bestValidation({ rows }: Pick<History, 'rows'>, by: Criterion): BestValidation | null {
  const sign = criteria[by] === 'lowest' ? 1 : -1
  let best: BestValidation | null = null
  for (const { part, name, step, value } of rows) {
    if (part !== 'val' || name !== by) continue
    if (Number.isFinite(value) && (best === null || sign * value < sign * best.value)) best = { step, value, since: 0 }
    else if (best) best.since++
  }
  return best
}

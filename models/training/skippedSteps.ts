import { DataError } from '../../pipeline/errors.js'
import type { Gradient } from './gradient.js'
import type { History } from './history.js'

const rowName = 'skipped_step'

/** A step that was left out because its loss or gradient was not finite. */
export interface SkippedStep {
  /** From 1, as messages count. */
  step: number
  /** Frames and numbers, in one sentence. */
  why: string
}

/** Whether every number of a step may reach the parameters. */
export function isUsable({ values }: Pick<Gradient, 'values'>): boolean {
  return values.every(Number.isFinite)
}

/**
 * Notes a step whose numbers are not finite: an overflow of bfloat16, or a diverging run. The step changes nothing.
 *
 * @param step from 0
 * @param frames of its batch
 * @throws DataError that names the frames of all left-out steps once there are more than `most`
 */
export function skipStep(
  history: History,
  { names, values }: Pick<Gradient, 'names' | 'values'>,
  { step, frames, most }: { step: number; frames: readonly string[]; most: number },
): SkippedStep {
  const shown = names.flatMap((name, i) => (Number.isFinite(values[i]) ? [] : [`${name} ${values[i]}`])).slice(0, 8)
  const skipped = { step: step + 1, why: `on frames ${frames.join(', ')}: ${shown.join(', ')}` }
  history.note(skipped.step, rowName, skipped.why)
  const all = skippedSteps(history)
  if (all.length <= most) return skipped
  throw new DataError(`training diverged ${all.map(({ step, why }) => `in step ${step} ${why}`).join('; ')}`, {
    place: `step ${step + 1}`,
    expected: 'a finite loss and gradient; try a lower learning rate, or look at those frames',
  })
}

/** All left-out steps so far. */
export function skippedSteps({ rows }: Pick<History, 'rows'>): SkippedStep[] {
  return rows.filter(({ name }) => name === rowName).map(({ step, note }) => ({ step, why: note! }))
}

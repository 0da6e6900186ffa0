import type { Work } from '../../pipeline/stage.js'
import type { TrainingOutcome } from './training.js'

/** What every training stage says of its run in the manifest. */
export function describeOutcome(work: Pick<Work, 'detail' | 'skip'>, outcome: TrainingOutcome): void {
  const { steps, stoppedEarly, weights, train, val, warnings, lastWarning, skipped } = outcome
  work.detail('training', { steps, stoppedEarly, skippedSteps: skipped.length })
  work.detail('weights', weights)
  work.detail('loss', { train, val })
  work.detail('health', {
    ok: lastWarning === null,
    warning: lastWarning,
    warnings: warnings.map(({ step, note }) => ({ step, note })),
  })
  for (const { step, why } of skipped)
    work.skip({
      what: 'training step',
      why: 'its loss or gradient was not finite',
      where: `step ${step} ${why}`,
      count: 1,
    })
}

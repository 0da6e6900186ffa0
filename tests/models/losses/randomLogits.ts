import { stream } from '../../../pipeline/random.js'
import type { LossCase } from './definitions.js'

/** Rows of a softmax, from sure to undecided, of classes of which some are absent; some or all rows may not count. */
export function randomCase(seed: number): LossCase & { logits: number[][] } {
  const rng = stream(seed, 'loss case')
  const [N, K] = [1 + rng.int(40), 2 + rng.int(6)]
  const spread = rng.uniform(0.1, 6)
  const present = 1 + rng.int(K)
  const share = rng.pick([0, 0.5, 1])
  const logits = Array.from({ length: N }, () => Array.from({ length: K }, () => Math.fround(spread * rng.normal())))
  return {
    logits,
    probabilities: logits.map(softmax),
    labels: logits.map(() => rng.int(present)),
    counted: logits.map(() => (rng.float() < share ? 1 : 0)),
    gamma: rng.pick([0, 0.5, 1, 2, 3.5]),
  }
}

export function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits)
  const raised = logits.map((value) => Math.exp(value - most))
  const sum = raised.reduce((total, value) => total + value, 0)
  return raised.map((value) => value / sum)
}

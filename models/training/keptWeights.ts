import { join } from 'node:path'
import type { BestValidation } from './bestValidation.js'
import type { Checkpoints, Weights } from './checkpoint.js'
import type { LoopChoices, LoopConfig } from './loopConfig.js'
import { writeSafetensors } from './safetensors.js'
import type { KeptWeights } from './training.js'

/** The weights that a training run leaves. */
export const weightsFile = 'weights.safetensors'
/** The weights that the averaged ones were averaged from, at the same step. */
export const rawWeightsFile = 'rawWeights.safetensors'

/**
 * Makes a run's parameters those that its settings keep; where that is a mean, the weights behind it are written to
 * `rawWeights.safetensors`.
 *
 * @param done steps done
 * @param best the best validation, if there was one; without one the last weights are kept
 */
export async function keepWeights(
  { parameters, averaged }: Weights,
  { keep, bestBy }: LoopChoices,
  { done, best, dir, ema }: { done: number; best: BestValidation | null; dir: string; ema: LoopConfig['ema'] },
  checkpoints: Checkpoints,
): Promise<KeptWeights> {
  const chosen = keep === 'best' ? best : null
  if (chosen) await checkpoints.loadBest(chosen.step, { parameters, averaged })
  const step = chosen?.step ?? done
  if (averaged) {
    const raw = { tensors: parameters.values(), metadata: { step: String(step) } }
    await writeSafetensors(join(dir, rawWeightsFile), raw)
    averaged.adopt()
  }
  return {
    keep: chosen ? 'best' : 'last',
    step,
    averaged: averaged ? ema : null,
    chosenBy: chosen && { name: bestBy, value: chosen.value },
  }
}

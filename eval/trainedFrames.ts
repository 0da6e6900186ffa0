import { UsageError } from '../pipeline/errors.js'
import type { Manifest } from '../pipeline/manifest.js'
import type { Split } from '../pipeline/splits/readSplit.js'

/**
 * Refuses to score a model on what it was trained on. The model's own manifest says which split decided its training
 * frames; under the same split no frame of another part was among them.
 *
 * @throws UsageError when the model was trained under another split or dataset, or the part is `train`, unless
 * `allowTrained`; then the returned remark goes beside every number.
 */
export function refuseTrainedFrames(model: Manifest, split: Split, part: string, allowTrained: boolean): string | null {
  const problem = whatOverlaps(model, split, part)
  if (!problem) return null
  if (!allowTrained)
    throw new UsageError(
      `${problem}; a score on training frames means nothing. --allow-trained scores it and says so`,
      {
        expected: `a model trained under split ${split.hash.slice(0, 12)}`,
        actual: `split ${(model.inputs.split?.hash ?? 'unknown').slice(0, 12)}`,
      },
    )
  return `scored although ${problem}`
}

function whatOverlaps(model: Manifest, split: Split, part: string): string | null {
  if (model.inputs.split?.hash !== split.hash) return 'the model was trained under another split'
  return part === 'train' ? 'these are its training frames' : null
}

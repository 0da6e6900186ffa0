import { type Html, html } from '../html.js'
import { section } from './section.js'

const terms = [
  ['IoU', 'Voxels occupied in truth and prediction both, over voxels occupied in either, whatever their class.'],
  [
    'mIoU',
    'The mean over classes of the IoU of each; which classes count, and how an absent one does, is the class policy.',
  ],
  [
    'recall, precision',
    'Of the true voxels of a class, the share predicted as it; of those predicted as it, the share that is true.',
  ],
  ['rare recall', 'Recall of the classes the taxonomy marks rare, their voxels pooled.'],
  ['mask', 'Which voxels count. Observed: a sensor ray or a point touched the voxel; what no sensor saw has no truth.'],
  ['policy', 'Mask and class rule by name; numbers under different policies do not compare.'],
  ['copy, warp', 'Baselines: the last seen frame as it is, and the same moved by the ego’s own motion.'],
  ['ego trajectory', 'Given: the forecast is told how the ego will move. Predicted: it is not.'],
  [
    'interval',
    'Bootstrap over logs, because frames of one log are not independent: BCa, or percentile where BCa is degenerate; Wilson’s for proportions on fewer than five logs.',
  ],
  [
    'p (Holm)',
    'How likely a difference this large is where there is none, corrected for all slices and horizons that were tested.',
  ],
  [
    'gain',
    'Model minus baseline on the same resampled logs. P(better) is the share of resamples with a positive gain.',
  ],
  ['n/a', 'Nothing to measure (support 0). Never counted as 0 or 1.'],
  [
    'probe',
    'A linear model fitted on frozen latents. R²: share of variance explained. Balanced accuracy: mean recall of the labels.',
  ],
  ['chance', 'What a constant answer scores on the same frames.'],
  [
    'verdict',
    'Pass or fail when the whole interval lies on one side of the threshold and enough logs support it; else undecided.',
  ],
  ['nat', 'Unit of information (1 nat = 1.44 bit). A channel under 0.1 nat of KL is inactive.'],
] as const

/** Every word that a number of the page leans on. */
export function glossary(): Html {
  return section(
    'glossary',
    'Glossary',
    html`<dl class="terms">${terms.map(([term, says]) => html`<div><dt>${term}</dt><dd>${says}</dd></div>`)}</dl>`,
  )
}

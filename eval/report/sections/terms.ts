/** A word of the report, what it says, and the metrics that lean on it; without them it is always there. */
export interface Term {
  term: string
  says: string
  of?: readonly string[]
}

/** What is measured, in the order of the page. `docs/metrics.md` has the definitions with their sources. */
const measured: readonly Term[] = [
  {
    term: 'IoU',
    says: 'Voxels occupied in truth and prediction both, over voxels occupied in either, whatever their class.',
    of: ['iou', 'class_iou'],
  },
  {
    term: 'mIoU',
    says: 'The mean over classes of the IoU of each; which classes count, and how an absent one does, is the class policy.',
    of: ['miou'],
  },
  {
    term: 'recall, precision',
    says: 'Of the true voxels of a class, the share predicted as it; of those predicted as it, the share that is true.',
    of: ['recall', 'precision'],
  },
  {
    term: 'rare recall',
    says: 'Recall of the classes the taxonomy marks rare, their voxels pooled.',
    of: ['rare_recall'],
  },
  {
    term: 'boundary F1',
    says: 'Of predicted surface voxels the share within one voxel of a true one (precision), of true ones the share within one of a predicted one (recall), and their harmonic mean; mF1: the mean over classes.',
    of: ['boundary_f1', 'boundary_mf1', 'boundary_precision', 'boundary_recall', 'class_boundary_f1'],
  },
  {
    term: 'RayIoU',
    says: 'IoU over rays from the LiDAR instead of voxels: a hit ends in the true class less than 1, 2 or 4 m from where the true ray ends.',
    of: ['ray_iou', 'ray_iou_1m', 'ray_iou_2m', 'ray_iou_4m', 'class_ray_iou'],
  },
  {
    term: 'object recall',
    says: 'Of the annotated things with a scored voxel, the share of which half the voxels are predicted as their class; a bus weighs what a child weighs. Rare: of rare classes alone.',
    of: ['object_recall', 'rare_object_recall'],
  },
  {
    term: 'object coverage, occupied',
    says: 'The mean over things of the share of their voxels predicted as their class; as anything but free.',
    of: ['object_coverage', 'object_occupied'],
  },
  {
    term: 'Brier score, calibration error',
    says: 'Of the predicted probability that a voxel is occupied: its mean squared error; and how far it is, in each tenth of it, from the share that came true.',
    of: ['brier', 'calibration_error', 'predicted_occupied', 'truly_occupied'],
  },
  {
    term: 'IoU lost per s',
    says: 'By how much the IoU falls for each further second of horizon: the slope of a straight line through it.',
    of: ['iou_lost_per_s'],
  },
  {
    term: 'static consistency',
    says: 'Whether ground and structure agree from one forecast to the next once the ego’s motion is taken out. That of the truth is what can be had.',
    of: ['static_consistency', 'static_consistency_of_truth'],
  },
  {
    term: 'shape consistency',
    says: 'How much of a thing’s shape, in its own axes, is the same from one forecast to the next. That of the truth is what can be had.',
    of: ['shape_consistency', 'shape_consistency_of_truth'],
  },
  {
    term: 'VPQ',
    says: 'Panoptic quality over time, seen from above: Σ IoU / (matches + ½ false + ½ missed), a match being a thing found with IoU over 0.5 by the partner it had before.',
    of: ['vpq'],
  },
  {
    term: 'motion error',
    says: 'How far off the predicted way of a thing is between two forecasts, where it is matched at both.',
    of: ['motion_error'],
  },
  {
    term: 'hit recall, precision',
    says: 'Of the candidate plans that run into something in the truth, the share of which the forecast tells it; of those it tells, the share that do. Cumulative: at any horizon so far.',
    of: ['hit_recall', 'hit_precision', 'hit_recall_cumulative', 'hit_precision_cumulative'],
  },
  {
    term: 'plan hit rate, progress, comfortable',
    says: 'What becomes of the plan that a plain planner takes when it believes the forecast: how often it runs into something, how far it gets, how often it stays within 2 m/s².',
    of: ['plan_hit_rate', 'plan_hit_rate_cumulative', 'plan_progress', 'plan_comfortable'],
  },
  {
    term: 'driver hit rate',
    says: 'How often the way the driver took touches an obstacle in the truth: the floor that labels and voxels leave under the plans.',
    of: ['driver_hit_rate'],
  },
  {
    term: 'best of k, one of k, diversity',
    says: 'Of k random futures: the IoU of the best, chosen by the truth, and of one on average; and the mean of 1 − IoU between two of them.',
    of: ['best_of_k_iou', 'one_of_k_iou', 'rollout_diversity'],
  },
]

/** What is asked of a latent. */
const probed: readonly Term[] = [
  {
    term: 'probe',
    says: 'A linear model fitted on frozen latents. R²: share of variance explained. Balanced accuracy: mean recall of the labels.',
    of: ['r2', 'mae', 'balanced_accuracy', 'accuracy'],
  },
  {
    term: 'chance',
    says: 'What a constant answer scores on the same frames.',
    of: ['r2', 'mae', 'balanced_accuracy', 'accuracy'],
  },
  {
    term: 'shuffled, selectivity',
    says: 'The same probe with the labels of its training frames dealt out at random; how far the true one is ahead of it.',
    of: ['selectivity'],
  },
  {
    term: 'AUROC',
    says: 'How likely a row with the answer yes is scored above one with no: 0.5 is chance.',
    of: ['auroc'],
  },
  {
    term: 'mAP, recall at k',
    says: 'Of frames ranked by how near their latents are: the mean precision at each one wanted; how often one is among the first k.',
    of: ['map', 'recall_at_1', 'recall_at_5', 'recall_at_10'],
  },
  {
    term: 'association accuracy, true future first',
    says: 'How often the nearest latent is that of the same thing a frame later; how often the true future has the least energy of sixteen.',
    of: ['association_accuracy', 'true_future_first'],
  },
]

/** What stands beside the numbers. */
const beside: readonly Term[] = [
  {
    term: 'mask',
    says: 'Which voxels count. Observed: a sensor ray or a point touched the voxel; what no sensor saw has no truth.',
  },
  { term: 'policy', says: 'Mask and class rule by name; numbers under different policies do not compare.' },
  {
    term: 'copy, warp',
    says: 'Baselines: the last seen frame as it is, and the same moved by the ego’s own motion.',
  },
  { term: 'ego trajectory', says: 'Given: the forecast is told how the ego will move. Predicted: it is not.' },
  {
    term: 'interval',
    says: 'Bootstrap over logs, because frames of one log are not independent: BCa, or percentile where BCa is degenerate; Wilson’s for proportions on fewer than five logs.',
  },
  {
    term: 'p (Holm)',
    says: 'How likely a difference this large is where there is none, corrected for all slices and horizons that were tested.',
  },
  {
    term: 'gain',
    says: 'Model minus baseline on the same resampled logs. P(better) is the share of resamples with a positive gain.',
  },
  { term: 'n/a', says: 'Nothing to measure (support 0). Never counted as 0 or 1.' },
  {
    term: 'verdict',
    says: 'Pass or fail when the whole interval lies on one side of the threshold and enough logs support it; else undecided.',
  },
  { term: 'nat', says: 'Unit of information (1 nat = 1.44 bit). A channel under 0.1 nat of KL is inactive.' },
]

export const terms: readonly Term[] = [...measured, ...probed, ...beside]

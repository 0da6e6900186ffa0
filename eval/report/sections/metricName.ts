/** Words of metrics that are no plain words. */
const known: Readonly<Record<string, string>> = {
  ...{ iou: 'IoU', miou: 'mIoU', vpq: 'VPQ', f1: 'F1', mf1: 'mF1', brier: 'Brier score' },
  ...{ auroc: 'AUROC', map: 'mAP', r2: 'R²', mae: 'MAE', '1m': 'at 1 m', '2m': 'at 2 m', '4m': 'at 4 m' },
}

/** A metric in words: `IoU`, `object recall`. */
export function metricName(metric: string): string {
  const words = metric.split('_').map((word) => known[word] ?? word)
  return words.join(' ').replace('ray IoU', 'RayIoU')
}

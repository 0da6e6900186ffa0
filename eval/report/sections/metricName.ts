const known: Readonly<Record<string, string>> = { iou: 'IoU', miou: 'mIoU', vpq: 'VPQ' }

/** A metric in words: `IoU`, `object recall`. */
export function metricName(metric: string): string {
  return known[metric] ?? metric.replaceAll('_', ' ').replace(/\biou\b/, 'IoU')
}

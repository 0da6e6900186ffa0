import type { DatasetTaxonomy } from '../../pipeline/taxonomy.js'
import { noClass, unlabelled } from '../metrics/confusion.js'
import type { RayPaths } from '../metrics/rayPaths.js'
import { notApplicable, type Score } from '../metrics/score.js'
import type { Value } from './measure.js'

/** Depth errors under which a ray of the right class is a hit, metres. */
const thresholdsM = [1, 2, 4]

/**
 * Counts of RayIoU, [5, K]: rays whose true hit is of the class, rays predicted as it, and rays that are both with a depth
 * error under 1, 2 and 4 m. Only rays whose true hit is neither free nor unlabelled count.
 */
export class RaySums {
  readonly sums: Float64Array

  constructor(
    private readonly classes: number,
    private readonly free: number,
  ) {
    this.sums = new Float64Array((2 + thresholdsM.length) * classes)
  }

  /**
   * @param truth - [V], with the voxel in which each ray ends, [R]; likewise `predicted`.
   * @param paths - of which both ends are.
   */
  add(
    paths: RayPaths,
    truth: { labels: Uint8Array; ends: Int32Array },
    predicted: { labels: Uint8Array; ends: Int32Array },
  ): void {
    const { sums, classes, free } = this
    for (let ray = 0; ray < paths.rays; ray++) {
      const end = truth.ends[ray]
      const label = truth.labels[end]
      if (label === free || label === unlabelled) continue
      const guess = predicted.labels[predicted.ends[ray]]
      if (label >= classes || guess >= classes) throw noClass(classes, truth.labels, predicted.labels)
      sums[label]++
      sums[classes + guess]++
      if (guess !== label) continue
      const errorM = Math.abs(paths.exitM(ray, predicted.ends[ray]) - paths.exitM(ray, end))
      for (let t = 0; t < thresholdsM.length; t++) if (errorM < thresholdsM[t]) sums[(2 + t) * classes + label]++
    }
  }
}

/** RayIoU, the mean over the three depths and over classes; at each depth; of each class. */
export function rayValues({ classes }: DatasetTaxonomy): Value[] {
  const K = classes.length
  const scored = classes.flatMap(({ superclass }, index) => (superclass === 'free' ? [] : [index]))
  const value = (metric: string, className: string | null, score: (sums: Float64Array) => Score): Value => ({
    ...{ metric, unit: 'ratio', countOf: 'rays', className, better: 'higher' },
    ...{ headline: className === null, score },
  })
  const all = thresholdsM.map((_, t) => t)
  return [
    value('ray_iou', null, (sums) => overAll(sums, K, scored, all)),
    ...all.map((t) => value(`ray_iou_${thresholdsM[t]}m`, null, (sums) => overAll(sums, K, scored, [t]))),
    ...scored.map((index) => value('class_ray_iou', classes[index].name, (sums) => meanOver(sums, K, [index], all))),
  ]
}

/** The mean over all classes; `count` is the rays that count, each of which has one true class. */
function overAll(sums: Float64Array, K: number, scored: readonly number[], depths: readonly number[]): Score {
  const { value } = meanOver(sums, K, scored, depths)
  return value === null ? notApplicable : { value, count: sums.subarray(0, K).reduce((sum, rays) => sum + rays, 0) }
}

/**
 * A class without a ray in truth and prediction is left out; `count` is the rays that are or were called one of the classes,
 * as IoU has them: a ray of the right class that ends elsewhere is two.
 */
function meanOver(sums: Float64Array, K: number, scored: readonly number[], depths: readonly number[]): Score {
  let [total, terms, count] = [0, 0, 0]
  for (const index of scored) {
    const rays = sums[index] + sums[K + index]
    count += rays - sums[(1 + thresholdsM.length) * K + index]
    for (const t of rays === 0 ? [] : depths) {
      const hits = sums[(2 + t) * K + index]
      total += hits / (rays - hits)
      terms++
    }
  }
  return terms === 0 ? notApplicable : { value: total / terms, count }
}

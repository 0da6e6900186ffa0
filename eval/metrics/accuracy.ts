import type { Confusion } from './confusion.js'
import { recall } from './iou.js'
import { notApplicable, ratio, type Score } from './score.js'

/** The part of the rows (voxels) whose prediction is right. */
export function accuracy(confusion: Confusion): Score {
  let hits = 0
  for (let index = 0; index < confusion.classes; index++) hits += confusion.hitsOf(index)
  return ratio(hits, confusion.voxels())
}

/** The mean recall of the classes that the truth holds; `count` is all rows. */
export function balancedAccuracy(confusion: Confusion): Score {
  let sum = 0
  let present = 0
  for (let index = 0; index < confusion.classes; index++) {
    const { value } = recall(confusion, index)
    if (value === null) continue
    sum += value
    present++
  }
  return present === 0 ? notApplicable : { value: sum / present, count: confusion.voxels() }
}

/** What the labels alone give: the scores that a probe has to beat. */
export interface ChanceAccuracy {
  /** Accuracy of always saying the training majority. */
  majority: Score
  /** Expected accuracy of drawing by the training labels' frequencies. */
  labelPrior: Score
  /** Balanced accuracy of any guess that ignores the features. */
  balancedAccuracy: Score
}

/**
 * Chance level on test rows of which `asked[c]` are of class c, for a guesser that saw `known[c]` training rows of each.
 */
export function chanceAccuracy(known: Float64Array, asked: Float64Array): ChanceAccuracy {
  const trained = known.reduce((sum, count) => sum + count, 0)
  const rows = asked.reduce((sum, count) => sum + count, 0)
  const present = asked.filter((count) => count > 0).length
  const expectedHits = asked.reduce((sum, count, c) => sum + (count * known[c]) / trained, 0)
  return {
    majority: ratio(asked[known.indexOf(Math.max(...known))], rows),
    labelPrior: ratio(expectedHits, rows),
    balancedAccuracy: present === 0 ? notApplicable : { value: 1 / present, count: rows },
  }
}

/**
 * A number and what it rests on. `count` is the denominator in voxels (or rows): the voxels that could have raised or
 * lowered the value. `count` 0 means "not applicable", and then, and only then, `value` is null.
 */
export interface Score {
  value: number | null
  count: number
}

export const notApplicable: Score = Object.freeze({ value: null, count: 0 })

/** numerator / denominator, resting on `denominator` voxels. */
export function ratio(numerator: number, denominator: number): Score {
  return denominator === 0 ? notApplicable : { value: numerator / denominator, count: denominator }
}

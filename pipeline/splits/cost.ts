/** How bad an assignment is: one is better when it is smaller at the first place where two differ. */
export type Cost = readonly [
  /** Parts that were asked for and get no frame. */
  emptyParts: number,
  /** What was promised and is not kept, in shares of the frames: see `costDescription`. */
  broken: number,
  /** What buffer and gap take, in shares of the frames, and what only val shows: see `costDescription`. */
  lost: number,
  /** What the shares are off by, between assignments that lose equally much. */
  off: number,
]

/** Negative when `a` is better. Differences that rounding makes are none. */
export function compareCosts(a: Cost, b: Cost): number {
  for (const [i, one] of a.entries()) if (Math.abs(one - b[i]) > rounding) return one - b[i]
  return 0
}

const rounding = 1e-12

/** A part's share may be so far off what was asked before it is a compromise. */
export const shareTolerance = 0.02
/** The search aims closer, because what it knows of val's losses is an estimate. */
export const aimedTolerance = 0.75 * shareTolerance

/** A rig, site or class missing from train or from test weighs as much as a quarter of the frames in the wrong part. */
export const missingCost = 0.5
/** Val only has to choose between checkpoints, which it can do without a rare class, if less well. */
export const missingInValCost = 0.1
/** A rig or site that only val shows is neither learnt nor measured. */
export const onlyInValCost = 0.02

/** The cost in words, for `split.json`. */
export const costDescription =
  'fewest empty parts; then what the shares of the frames that stay are off by more than ' +
  `${aimedTolerance}, Σ of that + ` +
  `${missingCost} for each rig, site or class, of those that several groups show, that train or test misses + ` +
  `${missingInValCost} for each such class that val misses; then share of frames lost to buffer and gap + ` +
  `${onlyInValCost} for each rig, site or class that only val shows; then Σ |share got − asked|`

/**
 * How many clusters of equal size would tell as much as these: the geometric mean of Kish's (Σw)²/Σw², which is about the
 * variance of a weighted mean (L. Kish, "Survey Sampling", 1965, §8.2), and (Σw²)²/Σw⁴, Satterthwaite's degrees of freedom
 * of that variance's estimate (https://doi.org/10.2307/3002019). Of ten logs one of which holds most voxels there are few.
 * The coverage of intervals that take it is held by `tests/eval/statistics/coverage.test.ts`.
 *
 * @param sizes - what each cluster counts for: its voxels, its frames; those of size 0 say nothing.
 */
export function effectiveClusters(sizes: ArrayLike<number>): number {
  let sum = 0
  for (let c = 0; c < sizes.length; c++) sum += sizes[c]
  if (sum <= 0) return 0
  let squares = 0
  let fourths = 0
  for (let c = 0; c < sizes.length; c++) {
    const square = (sizes[c] / sum) ** 2
    squares += square
    fourths += square ** 2
  }
  return Math.sqrt(squares / fourths)
}

/**
 * Holm's adjusted p-values: with all below 0.05 called, the chance of a single false call among all tests is at most 5 %,
 * however they depend on one another. S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", 1979,
 * https://www.jstor.org/stable/4615733.
 *
 * @param ps - null where nothing was tested; it stays null and does not count as a test.
 */
export function holm(ps: readonly (number | null)[]): (number | null)[] {
  const tested = ps.flatMap((p, at) => (p === null ? [] : [{ p, at }])).sort((a, b) => a.p - b.p)
  const adjusted: (number | null)[] = ps.map(() => null)
  let least = 0
  tested.forEach(({ p, at }, rank) => {
    least = Math.max(least, Math.min(1, p * (tested.length - rank)))
    adjusted[at] = least
  })
  return adjusted
}

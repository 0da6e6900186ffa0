/** Names of clusters, by row, as numbers in order of first appearance: what a bootstrap over rows wants. */
export function clusterNumbers(names: readonly string[]): { numbers: Int32Array; count: number } {
  const known = new Map<string, number>()
  const numbers = Int32Array.from(names, (name) => {
    const number = known.get(name) ?? known.size
    known.set(name, number)
    return number
  })
  return { numbers, count: known.size }
}

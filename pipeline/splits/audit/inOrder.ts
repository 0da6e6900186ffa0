/** How many numbers are left of a list when as few as possible are struck out so that each is above the one before. */
export function longestInOrder(numbers: readonly number[]): number {
  // tails[n]: the least last number of a run of n + 1.
  const tails: number[] = []
  for (const number of numbers) {
    let [from, to] = [0, tails.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if (tails[middle] < number) from = middle + 1
      else to = middle
    }
    tails[from] = number
  }
  return tails.length
}

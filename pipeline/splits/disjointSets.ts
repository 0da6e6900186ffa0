/** Sets of numbers 0 … count − 1 that can be united (union–find with path halving). */
export class DisjointSets {
  private readonly parent: Int32Array

  constructor(count: number) {
    this.parent = Int32Array.from({ length: count }, (_, i) => i)
  }

  find(member: number): number {
    let at = member
    while (this.parent[at] !== at) {
      this.parent[at] = this.parent[this.parent[at]]
      at = this.parent[at]
    }
    return at
  }

  /** Unites the sets of `a` and `b`; false when they were one already. The smaller root stays the root. */
  unite(a: number, b: number): boolean {
    const [low, high] = [this.find(a), this.find(b)].sort((x, y) => x - y)
    this.parent[high] = low
    return low !== high
  }
}

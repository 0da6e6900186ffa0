import type { Balance } from './balance.js'
import { compareCosts } from './cost.js'
import type { Part } from './part.js'

/** Groups and where they are to go. */
export type Moves = readonly (readonly [group: number, part: Part | null])[]

/** Tries moves of groups and takes back those that do not pay. */
export class Trials {
  private cost

  constructor(private readonly balance: Balance) {
    this.cost = balance.cost()
  }

  swap(a: number, b: number): Moves {
    return [
      [a, this.balance.part(b)],
      [b, this.balance.part(a)],
    ]
  }

  keepUnlessWorse(moves: Moves): boolean {
    return this.attempt(moves, 0)
  }

  keepIfBetter(moves: Moves): boolean {
    return this.attempt(moves, -Number.MIN_VALUE)
  }

  /** Of several, makes the one that costs least, if that is less than now. */
  keepBest(several: readonly Moves[]): boolean {
    const costs = several.map((moves) => {
      const back = this.make(moves)
      const cost = this.balance.cost()
      this.make(back)
      return { moves, cost }
    })
    if (costs.length === 0) return false
    return this.keepIfBetter(costs.reduce((a, b) => (compareCosts(b.cost, a.cost) < 0 ? b : a)).moves)
  }

  private attempt(moves: Moves, most: number): boolean {
    const back = this.make(moves)
    const cost = this.balance.cost()
    const isKept = compareCosts(cost, this.cost) <= most
    if (isKept) this.cost = cost
    else this.make(back)
    return isKept
  }

  /** Makes the moves; returns those that take them back. */
  private make(moves: Moves): Moves {
    const back = moves.map(([group]) => [group, this.balance.part(group)] as const)
    for (const [group, part] of moves) this.balance.move(group, part)
    return back
  }
}

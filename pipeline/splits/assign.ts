import type { Rng } from '../random.js'
import { Balance, type Cost, compareCosts, costDescription } from './balance.js'
import type { Encounter } from './encounters.js'
import type { Group } from './groups.js'
import { cutAlongMap } from './mapCut.js'
import { type Part, parts } from './part.js'

/** What there is to decide. */
export interface AssignmentTask {
  /** Sorted by name. */
  groups: readonly Group[]
  encounters: readonly Encounter[]
  /** Of train, val and test; sum 1. */
  shares: readonly number[]
  /** Parts of groups that are settled already; null: to be decided. */
  fixed: readonly (Part | null)[]
  /** Parts that a group to be decided may go to. */
  choices: readonly Part[]
}

const exhaustiveLimit = 60_000
const restarts = 4
const proposalsPerGroup = 100
const mostProposals = 20_000
/** Looks at encounters that a search may take: groups that all meet at one depot meet in hundreds of thousands. */
const mostLooks = 200_000_000

/** The search in words, for `split.json`. */
export const searchDescription =
  `least cost: ${costDescription}. Every assignment is tried where there are at most ${exhaustiveLimit}; else the ` +
  'groups of each site are cut along a seeded direction, or the largest are placed first, each where the cost is ' +
  'least; then seeded random moves and swaps are kept unless they cost more; ' +
  `the best of ${restarts} such searches.`

/**
 * Finds the part of each group (see `searchDescription`). The same groups, shares and seed give the same result; the
 * seed decides between assignments of equal cost.
 */
export function assignGroups(task: AssignmentTask, rng: Rng): Part[] {
  const free = rng.shuffle([...task.groups.keys()].filter((group) => task.fixed[group] === null))
  const choices = rng.shuffle(task.choices)
  const search = new Search(task, free, choices)
  if (free.length * Math.log(choices.length) <= Math.log(exhaustiveLimit)) search.everything(0)
  else for (let i = 0; i < restarts; i++) search.descend(rng, i % 2 === 0)
  return search.best
}

class Search {
  private readonly balance: Balance
  private bestCost: Cost = [Number.POSITIVE_INFINITY, 0]
  private found: (Part | null)[] = []

  constructor(
    private readonly task: AssignmentTask,
    private readonly free: readonly number[],
    private readonly choices: readonly Part[],
  ) {
    this.balance = new Balance(task.groups, task.encounters, task.shares)
    task.fixed.forEach((part, group) => {
      if (part) this.balance.move(group, part)
    })
  }

  get best(): Part[] {
    return this.found.map((part) => part ?? parts[0])
  }

  /** Tries every assignment of the free groups from number `at` on. */
  everything(at: number): void {
    if (at === this.free.length) this.keep()
    else this.tryChoices(at)
  }

  private tryChoices(at: number): void {
    for (const part of this.choices) {
      this.balance.move(this.free[at], part)
      this.everything(at + 1)
    }
  }

  /** A start, then random moves and swaps that do not cost more. */
  descend(rng: Rng, alongMap: boolean): void {
    for (const group of this.free) this.balance.move(group, null)
    if (alongMap) this.cutMap(rng)
    else this.largestFirst(rng)
    // A proposal is up to four moves.
    const affordable = Math.ceil(mostLooks / (1 + 4 * this.balance.workOfMove))
    const proposals = Math.min(mostProposals, proposalsPerGroup * this.free.length, affordable)
    for (let i = 0; i < proposals; i++) this.propose(rng)
    this.keep()
  }

  private cutMap(rng: Rng): void {
    const { groups, shares } = this.task
    const shareOf = new Map(this.choices.map((part) => [part, shares[parts.indexOf(part)]]))
    for (const [group, part] of cutAlongMap(groups, this.free, shareOf, rng)) this.balance.move(group, part)
  }

  private largestFirst(rng: Rng): void {
    const size = (group: number) => this.task.groups[group].frames
    for (const group of rng.shuffle(this.free).sort((a, b) => size(b) - size(a))) this.placeBest(group)
  }

  private placeBest(group: number): void {
    const costs = this.choices.map((part) => {
      this.balance.move(group, part)
      return { part, cost: this.balance.cost() }
    })
    this.balance.move(group, costs.reduce((a, b) => (compareCosts(b.cost, a.cost) < 0 ? b : a)).part)
  }

  private propose(rng: Rng): void {
    const [a, b] = [rng.pick(this.free), rng.pick(this.free)]
    const [partA, partB] = [this.balance.part(a), this.balance.part(b)]
    const before = this.balance.cost()
    if (rng.float() < 0.5) this.balance.move(a, rng.pick(this.choices))
    else {
      this.balance.move(a, partB)
      this.balance.move(b, partA)
    }
    if (compareCosts(this.balance.cost(), before) <= 0) return
    this.balance.move(a, partA)
    this.balance.move(b, partB)
  }

  private keep(): void {
    const cost = this.balance.cost()
    if (compareCosts(cost, this.bestCost) >= 0) return
    this.bestCost = cost
    this.found = this.task.groups.map((_, group) => this.balance.part(group))
  }
}

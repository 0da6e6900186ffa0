import type { Rng } from '../random.js'
import { Balance } from './balance.js'
import { type Cost, compareCosts, costDescription } from './cost.js'
import type { Encounter } from './encounter.js'
import type { Group } from './groups.js'
import { cutAlongMap } from './mapCut.js'
import { type Part, parts } from './part.js'
import { repair } from './repair.js'
import { Trials } from './trials.js'

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
  /** An assignment that came near, and by part how many more frames it keeps than the search thought. */
  former?: { partOf: readonly Part[]; correction: readonly number[] }
}

export interface Assigned {
  partOf: Part[]
  /** By part: frames that the search thinks stay, without a correction. */
  kept: number[]
}

const exhaustiveLimit = 60_000
const restarts = 4
const proposalsPerGroup = 100
const mostProposals = 60_000
/** Looks at encounters that a search may take: groups that all meet at one depot meet in hundreds of thousands. */
const mostLooks = 200_000_000
/** How often the map is cut anew because what the buffer takes leaves the shares off. */
const mapCuts = 12

/** The search in words, for `split.json`. */
export const searchDescription =
  `least cost: ${costDescription}. Every assignment is tried where there are at most ${exhaustiveLimit}; else the ` +
  'groups of each site are cut along a seeded direction, so that what stays fits the shares, or the largest are placed ' +
  'first, each where the cost is least; then groups are moved and swapped to where a class, rig or site is missing and ' +
  'from where there are too many frames to where there are too few; then seeded random moves and swaps are kept unless ' +
  `they cost more; the best of ${restarts} such searches.`

/**
 * Finds the part of each group (see `searchDescription`). The same groups, shares and seed give the same result; the
 * seed decides between assignments of equal cost.
 */
export function assignGroups(task: AssignmentTask, rng: Rng): Assigned {
  const free = rng.shuffle([...task.groups.keys()].filter((group) => task.fixed[group] === null))
  const choices = rng.shuffle(task.choices)
  const search = new Search(task, free, choices)
  if (free.length * Math.log(choices.length) <= Math.log(exhaustiveLimit)) search.everything(0)
  else if (task.former) search.descend(rng, task.former.partOf)
  else for (let i = 0; i < restarts; i++) search.descend(rng, i % 2 === 0 ? 'alongMap' : 'largestFirst')
  return search.best()
}

class Search {
  private readonly balance: Balance
  private bestCost: Cost = [Number.POSITIVE_INFINITY, 0, 0, 0]
  private found: (Part | null)[] = []

  constructor(
    private readonly task: AssignmentTask,
    private readonly free: readonly number[],
    private readonly choices: readonly Part[],
  ) {
    this.balance = new Balance(task.groups, task.encounters, task.shares, task.former?.correction)
    task.fixed.forEach((part, group) => {
      if (part) this.balance.move(group, part)
    })
  }

  best(): Assigned {
    const partOf = this.found.map((part) => part ?? parts[0])
    for (const [group, part] of partOf.entries()) this.balance.move(group, part)
    return { partOf, kept: this.balance.estimate() }
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

  /** A start, repairs of what it leaves broken, then random moves and swaps that do not cost more. */
  descend(rng: Rng, start: 'alongMap' | 'largestFirst' | readonly Part[]): void {
    const { balance, task, free, choices } = this
    for (const group of free) balance.move(group, null)
    if (start === 'alongMap') this.cutMap(rng)
    else if (start === 'largestFirst') this.largestFirst(rng)
    else for (const group of free) balance.move(group, start[group])
    const trials = new Trials(balance)
    repair({ balance, trials, groups: task.groups, free, choices }, rng)
    // A proposal is up to four moves.
    const affordable = Math.ceil(mostLooks / (1 + 4 * balance.workOfMove))
    const proposals = Math.min(mostProposals, proposalsPerGroup * free.length, affordable)
    for (let i = 0; i < proposals; i++) this.propose(trials, rng)
    repair({ balance, trials, groups: task.groups, free, choices }, rng)
    this.keep()
  }

  /** The buffer takes more of some parts than of others: the map is cut again until what stays fits the shares. */
  private cutMap(rng: Rng): void {
    const { balance, choices } = this
    const { groups, shares } = this.task
    const cut = cutAlongMap(groups, this.free, choices, rng)
    const asked = choices.map((part) => shares[parts.indexOf(part)])
    const aims = [...asked]
    for (let i = 0; i < mapCuts; i++) {
      for (const [group, part] of cut(new Map(choices.map((part, c) => [part, aims[c]])))) balance.move(group, part)
      if (balance.isBalanced) return
      const got = balance.got()
      for (const [c, part] of choices.entries()) {
        const ratio = asked[c] / got[parts.indexOf(part)]
        aims[c] = Math.max(aims[c] * Math.min(2, Math.max(0.5, ratio)), leastAim)
      }
    }
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

  /** A group goes to the part of one that it is near to, or anywhere, or two change places. */
  private propose(trials: Trials, rng: Rng): void {
    const [a, b, kind] = [rng.pick(this.free), rng.pick(this.free), rng.float()]
    const beside = kind < 0.5 ? this.partBeside(a, rng) : null
    if (beside) trials.keepUnlessWorse([[a, beside]])
    else if (kind < 0.75) trials.keepUnlessWorse([[a, rng.pick(this.choices)]])
    else trials.keepUnlessWorse(trials.swap(a, b))
  }

  /** Another part that a group near to this one is in; null: there is none that may be chosen. */
  private partBeside(group: number, rng: Rng): Part | null {
    const { balance, choices } = this
    const own = balance.part(group)
    const found = new Set<Part>()
    for (const other of balance.losses.around(group)) {
      const part = balance.part(other)
      if (part !== null && part !== own && choices.includes(part)) found.add(part)
      if (found.size === choices.length - 1) break
    }
    return found.size === 0 ? null : rng.pick([...found])
  }

  private keep(): void {
    const cost = this.balance.cost()
    if (compareCosts(cost, this.bestCost) >= 0) return
    this.bestCost = cost
    this.found = this.task.groups.map((_, group) => this.balance.part(group))
  }
}

/** A part that nothing stays of must still be given some place on the map. */
const leastAim = 1e-3

import type { Rng } from '../random.js'
import type { Balance } from './balance.js'
import type { Group } from './groups.js'
import { type Part, parts } from './part.js'
import type { Moves, Trials } from './trials.js'

interface Repairs {
  balance: Balance
  trials: Trials
  groups: readonly Group[]
  /** Groups that may move, and where to. */
  free: readonly number[]
  choices: readonly Part[]
}

/** Of the groups that may help, so many are tried at a time. */
const mostTried = 24
/** A group goes with at most so many of those that its frames are near to. */
const mostTogether = 24
/** Steps towards the shares that a repair may take, and in a row without success. */
const mostSteps = 4000
const mostFailures = 12

/** Moves and swaps groups towards what is promised: rigs, sites and classes in every part, and the shares. */
export function repair(repairs: Repairs, rng: Rng): void {
  const isFree = new Uint8Array(repairs.groups.length)
  for (const group of repairs.free) isFree[group] = 1
  const shares = new ShareRepair(repairs, isFree, rng)
  // A move for the sake of one may undo the other.
  for (let round = 0; round < 3; round++) {
    const found = repairTags(repairs, isFree, rng)
    const balanced = shares.run()
    if (!found && !balanced) return
  }
}

/** Brings what a part misses into it, alone or with what is near to it. Returns whether anything was moved. */
function repairTags({ balance, trials, choices }: Repairs, isFree: Uint8Array, rng: Rng): boolean {
  let moved = false
  for (const part of choices)
    for (const tag of balance.tags.missingIn(parts.indexOf(part))) {
      const showing = balance.tags.groupsWith[tag].filter((group) => isFree[group])
      const tried = rng.shuffle(showing).slice(0, mostTried)
      const alone = tried.map((group): Moves => [[group, part]])
      const together = tried.map((group) => withNeighbours(balance, group, part, isFree))
      if (trials.keepBest(alone) || trials.keepBest(together)) moved = true
    }
  return moved
}

/** A group and those that its frames are near to, which would take them otherwise, or lose theirs. */
function withNeighbours(balance: Balance, group: number, part: Part, isFree: Uint8Array): Moves {
  const together = new Set([group])
  for (const other of balance.losses.around(group)) {
    if (together.size >= mostTogether) break
    if (isFree[other]) together.add(other)
  }
  return Array.from(together, (each) => [each, part] as const)
}

/** Moves frames from the parts that have too many to those that have too few. */
class ShareRepair {
  /** Free groups, small ones first. */
  private readonly bySize: readonly number[]

  constructor(
    private readonly repairs: Repairs,
    private readonly isFree: Uint8Array,
    private readonly rng: Rng,
  ) {
    this.bySize = [...repairs.free].sort((a, b) => this.size(a) - this.size(b) || a - b)
  }

  /** Returns whether anything was moved. */
  run(): boolean {
    let [moved, failures] = [false, 0]
    for (let step = 0; step < mostSteps && failures < mostFailures && !this.repairs.balance.isBalanced; step++) {
      if (this.step()) {
        moved = true
        failures = 0
      } else failures++
    }
    return moved
  }

  /** One move or swap, of the best pair of parts that has one. */
  private step(): boolean {
    const { balance, choices, trials } = this.repairs
    const lacking = balance.lacking()
    const lacks = (part: Part) => lacking[parts.indexOf(part)]
    const pairs = choices
      .flatMap((from) => choices.map((to) => ({ from, to, frames: lacks(to) - lacks(from) })))
      .filter(({ frames }) => frames > 0)
      .sort((a, b) => b.frames - a.frames)
    return pairs.some(({ from, to, frames }) => {
      const movers = this.movers(from, to, frames / 2)
      if (trials.keepBest(movers.map((group): Moves => [[group, to]]))) return true
      const together = movers.slice(0, mostTried / 4)
      if (trials.keepBest(together.map((group) => withNeighbours(balance, group, to, this.isFree)))) return true
      return trials.keepBest(movers.flatMap((group) => this.swaps(group, to, frames / 2)))
    })
  }

  /** Groups of a part that may go to another: beside it on the map, of about the frames that are lacking, and any. */
  private movers(from: Part, to: Part, frames: number): number[] {
    const { balance, free } = this.repairs
    const found = new Set<number>()
    const isMover = (group: number) => this.isFree[group] === 1 && balance.part(group) === from
    for (const group of this.ofAbout(frames, isMover, 4)) found.add(group)
    for (let i = 0; i < 8 * mostTried && found.size < mostTried; i++) {
      const group = this.rng.pick(free)
      if (isMover(group)) found.add(group)
      if (balance.part(group) !== to) continue
      let beside = 0
      for (const other of balance.losses.around(group)) if (isMover(other) && beside++ < 2) found.add(other)
    }
    return [...found]
  }

  /**
   * Swaps of a group with some of the other part that have fewer frames, by about as many as are lacking, and with some
   * that show the rarest of what it shows, which both parts may need.
   */
  private swaps(group: number, to: Part, frames: number): Moves[] {
    const { balance, trials } = this.repairs
    const isOther = (other: number) => this.isFree[other] === 1 && balance.part(other) === to
    const peers = balance.tags.peers(group)
    const start = this.rng.int(peers.length)
    const alike: number[] = []
    for (let i = 0; i < peers.length && i < mostScanned && alike.length < 2; i++) {
      const other = peers[(start + i) % peers.length]
      if (isOther(other) && this.size(other) < this.size(group)) alike.push(other)
    }
    const others = [...this.ofAbout(this.size(group) - frames, isOther, 2), ...alike]
    return others.map((other) => trials.swap(group, other))
  }

  /** Some groups whose frames are nearest to a number. */
  private ofAbout(frames: number, isWanted: (group: number) => boolean, most: number): number[] {
    const { bySize } = this
    let [low, high] = [0, bySize.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.size(bySize[middle]) < frames) low = middle + 1
      else high = middle
    }
    const found: number[] = []
    for (let away = 0; away < mostScanned && found.length < most; away++)
      for (const at of [low + away, low - 1 - away])
        if (at >= 0 && at < bySize.length && found.length < most && isWanted(bySize[at])) found.push(bySize[at])
    return found
  }

  private size(group: number): number {
    return this.repairs.groups[group].frames
  }
}

/** So many groups to either side are looked at for one of about a size. */
const mostScanned = 200

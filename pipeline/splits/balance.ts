import { aimedTolerance, type Cost, onlyInValCost } from './cost.js'
import type { Encounter } from './encounter.js'
import type { Group } from './groups.js'
import { LossEstimate } from './lossEstimate.js'
import { type Part, parts } from './part.js'
import { TagTally } from './tagTally.js'

const [train, , test] = parts.keys()

/**
 * An assignment of groups to parts that knows its cost at every move. The frames that the buffer will take are exact
 * for test, except in crowds (see `findEncounters`); for val they may be a few too many, for a test frame that train
 * takes counts as still there, and so does, where a rule cuts logs, a frame that buffer and gap both take. A group counts
 * for its rigs, sites and classes when at least half of its frames stay. A move takes time by the encounters of the moved
 * group, not by how many groups there are.
 */
export class Balance {
  readonly tags: TagTally
  readonly losses: LossEstimate
  private readonly partOf: Int8Array
  private readonly kept: number[]
  private lost = 0
  private readonly frames: number

  constructor(
    private readonly groups: readonly Group[],
    encounters: readonly Encounter[],
    private readonly shares: readonly number[],
    /** By part: frames that stay and that the estimate is known to miss. */
    private readonly correction: readonly number[] = parts.map(() => 0),
  ) {
    this.kept = [...correction]
    this.partOf = new Int8Array(groups.length).fill(-1)
    this.tags = new TagTally(groups, shares)
    this.losses = new LossEstimate(groups.length, encounters)
    this.frames = groups.reduce((sum, group) => sum + group.frames, 0)
  }

  /** Puts a group into a part; null takes it out of all. */
  move(group: number, part: Part | null): void {
    const [from, to] = [this.partOf[group], part === null ? -1 : parts.indexOf(part)]
    if (from === to) return
    this.book(group, -1)
    this.partOf[group] = to
    this.book(group, 1)
    const intoTrain = Number(to === train) - Number(from === train)
    const intoTest = Number(to === test) - Number(from === test)
    for (const touched of this.losses.meet(group, intoTrain, intoTest, (other) => this.book(other, -1)))
      this.book(touched, 1)
  }

  /** Encounters that a move looks at, on average. */
  get workOfMove(): number {
    return this.losses.encountersWith.reduce((sum, { length }) => sum + length, 0) / this.groups.length
  }

  part(group: number): Part | null {
    return parts[this.partOf[group]] ?? null
  }

  cost(): Cost {
    const { shares, kept, frames, tags } = this
    const all = kept[0] + kept[1] + kept[2]
    let [empty, beyond, off] = [0, 0, 0]
    for (let part = 0; part < shares.length; part++) {
      if (shares[part] > 0 && kept[part] === this.correction[part]) empty++
      const apart = Math.abs((all === 0 ? 0 : kept[part] / all) - shares[part])
      off += apart
      if (apart > aimedTolerance) beyond += apart - aimedTolerance
    }
    return [empty, beyond + tags.cost, this.lost / frames + onlyInValCost * tags.onlyInVal, off]
  }

  /** By part: frames that are thought to stay. */
  estimate(): number[] {
    return this.kept.map((kept, part) => kept - this.correction[part])
  }

  /** By part: its share of the frames that stay. */
  got(): number[] {
    const all = this.kept.reduce((sum, kept) => sum + kept, 0)
    return this.kept.map((kept) => (all === 0 ? 0 : kept / all))
  }

  /** By part: frames that it has less than its share of all that stay; negative: more. */
  lacking(): number[] {
    const all = this.kept.reduce((sum, kept) => sum + kept, 0)
    return this.shares.map((share, part) => share * all - this.kept[part])
  }

  /** Whether every share is as near to what was asked as the search aims at. */
  get isBalanced(): boolean {
    const all = this.kept.reduce((sum, kept) => sum + kept, 0)
    return this.lacking().every((frames) => Math.abs(frames) <= aimedTolerance * all)
  }

  /** Adds what the group brings to its part, or takes it off. */
  private book(group: number, sign: 1 | -1): void {
    const part = this.partOf[group]
    if (part < 0) return
    const { frames } = this.groups[group]
    const loss = this.loss(group, part)
    this.kept[part] += sign * (frames - loss)
    this.lost += sign * loss
    if (loss < frames && 2 * loss <= frames) this.tags.book(group, part, sign)
  }

  /** Frames that the group gives up: test gives way to train, val to both. */
  private loss(group: number, part: number): number {
    if (part === train) return 0
    const { nearTrain, nearBoth } = this.losses
    // A frame that is too near in place and in time is counted twice.
    return Math.min(this.groups[group].frames, part === test ? nearTrain[group] : nearBoth[group])
  }
}

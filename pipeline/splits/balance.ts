import type { Encounter } from './encounters.js'
import type { Group } from './groups.js'
import { type Part, parts } from './part.js'
import { groupClasses, placesOf } from './tags.js'

/** How bad an assignment is: one is better when it is smaller at the first place where two differ. */
export type Cost = readonly [
  /** Parts that were asked for and get no frame. */
  emptyParts: number,
  /** Everything else, in shares of the frames: see `costDescription`. */
  misfit: number,
]

/** Negative when `a` is better. */
export function compareCosts(a: Cost, b: Cost): number {
  return a[0] - b[0] || a[1] - b[1]
}

/**
 * A rig, site or class missing from train or from test weighs as much as a quarter of the frames in the wrong part
 * (which counts where it is missing and where it is too much).
 */
const missingCost = 0.5
/** Val only has to choose between checkpoints, which it can do without a rare class, if less well. */
const missingInValCost = 0.1
/** A rig or site that only val shows is neither learnt nor measured. */
const onlyInValCost = 0.02

/** The cost in words, for `split.json`. */
export const costDescription =
  'fewest empty parts; then Σ |share got − asked| + share of frames lost to buffer and gap + ' +
  `${missingCost} for each rig, site or class, of those that several groups show, that train or test misses + ` +
  `${missingInValCost} for each such class that val misses + ` +
  `${onlyInValCost} for each rig, site or class that only val shows`

const [train, val, test] = parts.keys()

/**
 * An assignment of groups to parts that knows its cost at every move. The frames that the buffer will take are exact
 * for test; for val they may be a few too many, for a test frame that train takes counts as still there, and so does,
 * where a rule cuts logs, a frame that buffer and gap both take. A group counts for its rigs, sites and classes when at
 * least half of its frames stay. A move takes time by the groups that the moved one meets, not by how many there are.
 */
export class Balance {
  private readonly partOf: Int8Array
  private readonly kept = [0, 0, 0]
  private lost = 0
  /** seen[part][tag]: groups of the part that show the tag. */
  private readonly seen: Int32Array[]
  /** By encounter: how many of the groups that it is near to are in train, and how many in test. */
  private readonly metTrain: Int32Array
  private readonly metTest: Int32Array
  /** By encounter: its group and its frames. */
  private readonly groupOf: Int32Array
  private readonly framesOf: Int32Array
  /** Encounters that are near to each group. */
  private readonly withGroup: Int32Array[]
  /** Groups whose losses a move under way has changed. */
  private readonly isTouched: Uint8Array
  /** Frames of each group near to train, and near to train or test. */
  private readonly nearTrain: Int32Array
  private readonly nearBoth: Int32Array
  /** Numbers of the tags (rigs, sites, classes) that each group shows. */
  private readonly tags: number[][]
  /** By part: which tags (1) it costs to miss, how much, and how many of them it misses. Tags of one group cost nothing. */
  private readonly missingIn: { tags: Uint8Array; cost: number; count: number }[]
  private onlyInVal = 0
  private readonly frames: number

  constructor(
    private readonly groups: readonly Group[],
    encounters: readonly Encounter[],
    private readonly shares: readonly number[],
  ) {
    this.partOf = new Int8Array(groups.length).fill(-1)
    this.metTrain = new Int32Array(encounters.length)
    this.metTest = new Int32Array(encounters.length)
    this.groupOf = Int32Array.from(encounters, ({ group }) => group)
    this.framesOf = Int32Array.from(encounters, ({ frames }) => frames)
    this.withGroup = encountersWith(groups.length, encounters)
    this.isTouched = new Uint8Array(groups.length)
    this.nearTrain = new Int32Array(groups.length)
    this.nearBoth = new Int32Array(groups.length)
    const tags = groups.map((group) => [...placesOf(group), ...groupClasses(group)])
    const names = [...new Set(tags.flat())]
    const numberOf = new Map(names.map((tag, number) => [tag, number]))
    this.tags = tags.map((mine) => mine.map((tag) => numberOf.get(tag)!))
    const groupsWith = new Int32Array(names.length)
    for (const tag of this.tags.flat()) groupsWith[tag]++
    this.seen = parts.map(() => new Int32Array(names.length))
    this.missingIn = parts.map((_, part) => {
      const counts = (name: string, tag: number) =>
        shares[part] > 0 && groupsWith[tag] > 1 && (part !== val || name.startsWith('class '))
      const wanted = Uint8Array.from(names, (name, tag) => Number(counts(name, tag)))
      return {
        tags: wanted,
        cost: part === val ? missingInValCost : missingCost,
        count: wanted.reduce((a, b) => a + b, 0),
      }
    })
    this.frames = groups.reduce((sum, group) => sum + group.frames, 0)
  }

  /** Puts a group into a part; null takes it out of all. */
  move(group: number, part: Part | null): void {
    const [from, to] = [this.partOf[group], part === null ? -1 : parts.indexOf(part)]
    if (from === to) return
    this.book(group, -1)
    this.partOf[group] = to
    this.book(group, 1)
    this.meet(
      this.withGroup[group],
      Number(to === train) - Number(from === train),
      Number(to === test) - Number(from === test),
    )
  }

  /** Encounters that a move looks at, on average. */
  get workOfMove(): number {
    return this.withGroup.reduce((sum, { length }) => sum + length, 0) / this.groups.length
  }

  part(group: number): Part | null {
    return parts[this.partOf[group]] ?? null
  }

  cost(): Cost {
    const empty = this.shares.filter((share, part) => share > 0 && this.kept[part] === 0).length
    const [ofTrain, ofVal, ofTest] = this.missingIn.map(({ cost, count }) => cost * count)
    const off = this.shares.reduce((sum, share, part) => sum + Math.abs(this.kept[part] / this.frames - share), 0)
    return [empty, off + this.lost / this.frames + ofTrain + ofVal + ofTest + onlyInValCost * this.onlyInVal]
  }

  /** A group that these encounters are near to came into train or test (1) or left it (−1). */
  private meet(encounters: Int32Array, intoTrain: number, intoTest: number): void {
    if (intoTrain === 0 && intoTest === 0) return
    const { metTrain, metTest, groupOf, framesOf, isTouched } = this
    const touched: number[] = []
    for (const encounter of encounters) {
      const [train, both] = [metTrain[encounter] > 0, metTrain[encounter] + metTest[encounter] > 0]
      metTrain[encounter] += intoTrain
      metTest[encounter] += intoTest
      const trainGain = Number(metTrain[encounter] > 0) - Number(train)
      const bothGain = Number(metTrain[encounter] + metTest[encounter] > 0) - Number(both)
      if (trainGain === 0 && bothGain === 0) continue
      const group = groupOf[encounter]
      if (isTouched[group] === 0) {
        isTouched[group] = 1
        touched.push(group)
        this.book(group, -1)
      }
      this.nearTrain[group] += framesOf[encounter] * trainGain
      this.nearBoth[group] += framesOf[encounter] * bothGain
    }
    for (const group of touched) {
      isTouched[group] = 0
      this.book(group, 1)
    }
  }

  /** Adds what the group brings to its part, or takes it off. */
  private book(group: number, sign: 1 | -1): void {
    const part = this.partOf[group]
    if (part < 0) return
    const { frames } = this.groups[group]
    const loss = this.loss(group, part)
    this.kept[part] += sign * (frames - loss)
    this.lost += sign * loss
    if (loss === frames || 2 * loss > frames) return
    for (const tag of this.tags[group]) this.see(part, tag, sign)
  }

  /** Frames that the group gives up: test gives way to train, val to both. */
  private loss(group: number, part: number): number {
    if (part === train) return 0
    // A frame that is too near in place and in time is counted twice.
    return Math.min(this.groups[group].frames, part === test ? this.nearTrain[group] : this.nearBoth[group])
  }

  /** A group that shows the tag comes into a part, or leaves it. */
  private see(part: number, tag: number, sign: 1 | -1): void {
    this.onlyInVal -= this.isOnlyInVal(tag)
    this.seen[part][tag] += sign
    this.onlyInVal += this.isOnlyInVal(tag)
    // Now one that was none, or none that was one.
    const isChange = this.seen[part][tag] === (sign === 1 ? 1 : 0)
    if (isChange) this.missingIn[part].count -= sign * this.missingIn[part].tags[tag]
  }

  private isOnlyInVal(tag: number): number {
    const [inTrain, inVal, inTest] = this.seen
    return Number(inVal[tag] > 0 && inTrain[tag] === 0 && inTest[tag] === 0)
  }
}

function encountersWith(groups: number, encounters: readonly Encounter[]): Int32Array[] {
  const counts = new Int32Array(groups)
  for (const { near } of encounters) for (const other of near) counts[other]++
  const lists = Array.from(counts, (count) => new Int32Array(count))
  counts.fill(0)
  for (const [i, { near }] of encounters.entries()) for (const other of near) lists[other][counts[other]++] = i
  return lists
}

import type { Encounter } from './encounters.js'
import { groupBy } from './groupBy.js'
import type { Group } from './groups.js'
import { type Part, parts } from './part.js'

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
 * A rig or site missing from train or from test weighs as much as a quarter of the frames in the wrong part (which
 * counts where it is missing and where it is too much).
 */
const missingCost = 0.5
/** A rig or site that only val shows is neither learnt nor measured. */
const onlyInValCost = 0.02

/** The cost in words, for `split.json`. */
export const costDescription =
  'fewest empty parts; then Σ |share got − asked| + share of frames lost to the buffer + ' +
  `${missingCost} for each rig or site, of those that several groups show, that train or test misses + ` +
  `${onlyInValCost} for each rig or site that only val shows`

const [train, , test] = parts.keys()

/**
 * An assignment of groups to parts that knows its cost at every move. The frames that the buffer will take are exact
 * for test; for val they may be a few too many, for a test frame that train takes counts as still there. A group counts
 * for its rigs and sites when at least half of its frames stay.
 */
export class Balance {
  private readonly partOf: Int8Array
  private readonly kept = [0, 0, 0]
  private lost = 0
  /** seen[part][tag]: groups of the part that show the tag. */
  private readonly seen: Int32Array[]
  /** met[part][encounter]: how many of the groups that the encounter is near to are in the part. */
  private readonly met: Int32Array[]
  /** Encounters that are near to the group. */
  private readonly withGroup: number[][]
  /** Frames of each group near to train, and near to train or test. */
  private readonly nearTrain: Int32Array
  private readonly nearBoth: Int32Array
  /** Numbers of the rigs and sites that each group shows. */
  private readonly tags: number[][]
  /** Tags that more than one group shows: no assignment puts the others into train and test. */
  private readonly coverable: number[]
  private readonly frames: number

  constructor(
    private readonly groups: readonly Group[],
    private readonly encounters: readonly Encounter[],
    private readonly shares: readonly number[],
  ) {
    this.partOf = new Int8Array(groups.length).fill(-1)
    this.met = parts.map(() => new Int32Array(encounters.length))
    this.withGroup = groups.map(() => [])
    for (const [i, { near }] of encounters.entries()) for (const other of near) this.withGroup[other].push(i)
    this.nearTrain = new Int32Array(groups.length)
    this.nearBoth = new Int32Array(groups.length)
    const shown = groupBy(groups.flatMap(tagsOf), (tag) => tag)
    const names = [...shown.keys()]
    this.tags = groups.map((group) => tagsOf(group).map((tag) => names.indexOf(tag)))
    this.coverable = [...names.keys()].filter((tag) => shown.get(names[tag])!.length > 1)
    this.seen = parts.map(() => new Int32Array(names.length))
    this.frames = groups.reduce((sum, group) => sum + group.frames, 0)
  }

  /** Puts a group into a part; null takes it out of all. */
  move(group: number, part: Part | null): void {
    const [from, to] = [this.partOf[group], part === null ? -1 : parts.indexOf(part)]
    if (from === to) return
    this.book(group, -1)
    this.partOf[group] = to
    this.book(group, 1)
    for (const encounter of this.withGroup[group]) this.meet(encounter, from, to)
  }

  part(group: number): Part | null {
    return parts[this.partOf[group]] ?? null
  }

  cost(): Cost {
    const empty = this.shares.filter((share, part) => share > 0 && this.kept[part] === 0).length
    const wanted = [train, test].filter((part) => this.shares[part] > 0)
    const [inTrain, inVal, inTest] = this.seen
    const missing = wanted.reduce((sum, part) => sum + this.coverable.filter((tag) => !this.seen[part][tag]).length, 0)
    const onlyInVal = inVal.filter((count, tag) => count > 0 && !inTrain[tag] && !inTest[tag]).length
    const off = this.shares.reduce((sum, share, part) => sum + Math.abs(this.kept[part] / this.frames - share), 0)
    return [empty, off + this.lost / this.frames + missingCost * missing + onlyInValCost * onlyInVal]
  }

  /** A group that the encounter is near to went from one part to another. */
  private meet(encounter: number, from: number, to: number): void {
    const [metTrain, , metTest] = this.met
    const trainBefore = Math.min(1, metTrain[encounter])
    const bothBefore = Math.min(1, metTrain[encounter] + metTest[encounter])
    if (from >= 0) this.met[from][encounter]--
    if (to >= 0) this.met[to][encounter]++
    const trainGain = Math.min(1, metTrain[encounter]) - trainBefore
    const bothGain = Math.min(1, metTrain[encounter] + metTest[encounter]) - bothBefore
    if (trainGain === 0 && bothGain === 0) return
    const { group, frames } = this.encounters[encounter]
    this.book(group, -1)
    this.nearTrain[group] += frames * trainGain
    this.nearBoth[group] += frames * bothGain
    this.book(group, 1)
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
    for (const tag of this.tags[group]) this.seen[part][tag] += sign
  }

  /** Frames that the group gives up: test gives way to train, val to both. */
  private loss(group: number, part: number): number {
    if (part === train) return 0
    return part === test ? this.nearTrain[group] : this.nearBoth[group]
  }
}

function tagsOf({ tracks }: Group): string[] {
  return [...new Set(tracks.flatMap(({ rigId, siteId }) => [`rig ${rigId}`, `site ${siteId}`]))]
}

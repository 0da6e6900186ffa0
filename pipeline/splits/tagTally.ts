import { missingCost, missingInValCost } from './cost.js'
import type { Group } from './groups.js'
import { parts } from './part.js'
import { groupClasses, placesOf } from './tags.js'

const [train, val, test] = parts.keys()

interface Missing {
  /** By tag: 1 where it costs to miss it. */
  wanted: Uint8Array
  /** Of one tag missed. */
  cost: number
  /** Wanted tags that no group of the part shows. */
  count: number
}

/** Counts which rigs, sites and classes (tags) each part shows. Tags that one group alone shows cost nothing to miss. */
export class TagTally {
  /** By tag: the groups that show it. */
  readonly groupsWith: readonly number[][]
  /** By part. */
  readonly missing: readonly Missing[]
  /** Tags that val shows, and neither train nor test. */
  onlyInVal = 0
  /** Numbers of the tags that each group shows. */
  private readonly tags: readonly number[][]
  /** seen[part][tag]: groups of the part that show the tag. */
  private readonly seen: readonly Int32Array[]

  constructor(groups: readonly Group[], shares: readonly number[]) {
    const tags = groups.map((group) => [...placesOf(group), ...groupClasses(group)])
    const names = [...new Set(tags.flat())]
    const numberOf = new Map(names.map((tag, number) => [tag, number]))
    this.tags = tags.map((mine) => mine.map((tag) => numberOf.get(tag)!))
    this.groupsWith = names.map(() => [])
    for (const [group, mine] of this.tags.entries()) for (const tag of mine) this.groupsWith[tag].push(group)
    this.seen = parts.map(() => new Int32Array(names.length))
    this.missing = parts.map((_, part) => {
      const counts = (name: string, tag: number) =>
        shares[part] > 0 && this.groupsWith[tag].length > 1 && (part !== val || name.startsWith('class '))
      const wanted = Uint8Array.from(names, (name, tag) => Number(counts(name, tag)))
      const cost = part === val ? missingInValCost : missingCost
      return { wanted, cost, count: wanted.reduce((a, b) => a + b, 0) }
    })
  }

  /** What the parts miss, as `broken` of `Cost` counts it. */
  get cost(): number {
    return this.missing.reduce((sum, { cost, count }) => sum + cost * count, 0)
  }

  /** A group comes into a part (1), or leaves it (−1). */
  book(group: number, part: number, sign: 1 | -1): void {
    for (const tag of this.tags[group]) this.see(part, tag, sign)
  }

  /** The groups that show what the fewest groups show of all that this one does, itself among them. */
  peers(group: number): readonly number[] {
    const lists = this.tags[group].map((tag) => this.groupsWith[tag])
    return lists.reduce((a, b) => (b.length < a.length ? b : a), lists[0] ?? [group])
  }

  /** Tags that a part misses and should not. */
  missingIn(part: number): number[] {
    const { wanted } = this.missing[part]
    return [...wanted.keys()].filter((tag) => wanted[tag] === 1 && this.seen[part][tag] === 0)
  }

  private see(part: number, tag: number, sign: 1 | -1): void {
    this.onlyInVal -= this.isOnlyInVal(tag)
    this.seen[part][tag] += sign
    this.onlyInVal += this.isOnlyInVal(tag)
    // Now one that was none, or none that was one.
    const isChange = this.seen[part][tag] === (sign === 1 ? 1 : 0)
    if (isChange) this.missing[part].count -= sign * this.missing[part].wanted[tag]
  }

  private isOnlyInVal(tag: number): number {
    const { seen } = this
    return Number(seen[val][tag] > 0 && seen[train][tag] === 0 && seen[test][tag] === 0)
  }
}

import type { Encounter } from './encounter.js'

/**
 * Frames of each group that lie near to train, and near to train or test, kept up to date as groups move. A move takes
 * time by the encounters that the moved group is in, and by the members of those that become near to a part by it, or
 * cease to be.
 */
export class LossEstimate {
  /** By group, frames. */
  readonly nearTrain: Int32Array
  readonly nearBoth: Int32Array
  /** By group: the encounters whose frames are near to it. */
  readonly encountersWith: readonly Int32Array[]
  /** By encounter: how many of the groups that it is near to are in train, and how many in test. */
  private readonly metTrain: Int32Array
  private readonly metTest: Int32Array
  /** Groups whose losses the move under way has changed. */
  private readonly isTouched: Uint8Array

  constructor(
    groups: number,
    private readonly encounters: readonly Encounter[],
  ) {
    this.nearTrain = new Int32Array(groups)
    this.nearBoth = new Int32Array(groups)
    this.metTrain = new Int32Array(encounters.length)
    this.metTest = new Int32Array(encounters.length)
    this.isTouched = new Uint8Array(groups)
    this.encountersWith = encountersOf(groups, encounters)
  }

  /** Groups that frames of this one are near to, and itself; some more than once. */
  *around(group: number): Generator<number> {
    for (const encounter of this.encountersWith[group]) yield* this.encounters[encounter].near
  }

  /**
   * A group came into train or test (1), or left it (−1). Calls `before` for each group whose losses change, ahead of
   * the change, and returns these groups.
   */
  meet(group: number, intoTrain: number, intoTest: number, before: (touched: number) => void): number[] {
    const touched: number[] = []
    if (intoTrain === 0 && intoTest === 0) return touched
    const { metTrain, metTest, isTouched } = this
    for (const encounter of this.encountersWith[group]) {
      const [train, both] = [metTrain[encounter] > 0, metTrain[encounter] + metTest[encounter] > 0]
      metTrain[encounter] += intoTrain
      metTest[encounter] += intoTest
      const trainGain = Number(metTrain[encounter] > 0) - Number(train)
      const bothGain = Number(metTrain[encounter] + metTest[encounter] > 0) - Number(both)
      if (trainGain === 0 && bothGain === 0) continue
      const { groups, frames } = this.encounters[encounter]
      for (let i = 0; i < groups.length; i++) {
        const member = groups[i]
        if (isTouched[member] === 0) {
          isTouched[member] = 1
          touched.push(member)
          before(member)
        }
        this.nearTrain[member] += frames[i] * trainGain
        this.nearBoth[member] += frames[i] * bothGain
      }
    }
    for (const member of touched) isTouched[member] = 0
    return touched
  }
}

function encountersOf(groups: number, encounters: readonly Encounter[]): Int32Array[] {
  const counts = new Int32Array(groups)
  for (const { near } of encounters) for (const other of near) counts[other]++
  const lists = Array.from(counts, (count) => new Int32Array(count))
  counts.fill(0)
  for (const [i, { near }] of encounters.entries()) for (const other of near) lists[other][counts[other]++] = i
  return lists
}

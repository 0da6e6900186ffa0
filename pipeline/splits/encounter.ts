/** Frames of some groups, all of them nearer than a limit to frames of the same groups. */
export interface Encounter {
  /** The groups that the frames are near to and the groups that they are of, ascending; a group is not near to itself. */
  near: readonly number[]
  /** The groups that the frames are of, each once, and how many frames of each. */
  groups: number[]
  frames: number[]
}

/** Gathers frames by the groups that they are near to. What many share is kept once, so that a crowd is no square. */
export class EncounterTable {
  private readonly found = new Map<string, { near: readonly number[]; framesOf: Map<number, number> }>()

  /** Frames of a group that are near to these groups, ascending; the own one is among them. */
  note(group: number, frames: number, near: readonly number[]): void {
    if (near.length > 1) this.open(near)(group, frames)
  }

  /** The same for frames of several groups that are near to the same ones: the list is looked at once. */
  open(near: readonly number[]): (group: number, frames: number) => void {
    const key = near.join()
    let known = this.found.get(key)
    if (!known) {
      known = { near, framesOf: new Map() }
      this.found.set(key, known)
    }
    const { framesOf } = known
    return (group, frames) => framesOf.set(group, (framesOf.get(group) ?? 0) + frames)
  }

  encounters(): Encounter[] {
    return Array.from(this.found.values(), ({ near, framesOf }) => {
      return { near, groups: [...framesOf.keys()], frames: [...framesOf.values()] }
    })
  }
}

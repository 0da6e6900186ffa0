import type { Leak, LeakSide } from './leak.js'
import { type Part, parts } from './part.js'
import type { FramePlace } from './placedFrames.js'
import { rangesOf } from './ranges.js'
import type { LogTrack } from './tracks.js'

/** A frame and the part it is in. */
export interface PartedFrame extends FramePlace {
  part: Part
}

interface Side {
  track: LogTrack
  part: Part
  /** In the order they were noted, some more than once. */
  rows: number[]
}

interface Contact {
  sides: [Side, Side]
  closest: [PartedFrame, PartedFrame]
  closeness: number
}

/** More logs than a fleet has, times the parts: two such numbers make one that a double holds exactly. */
const mostSides = 2 ** 26

/** Gathers pairs of frames of two parts into one finding for each two logs and parts that meet. */
export class Contacts {
  private readonly contacts = new Map<number, Contact>()
  private readonly numberOf = new Map<LogTrack, number>()

  constructor(private readonly kind: Leak['kind']) {}

  /** Notes a pair; the pair of least `closeness` (a distance or a time) is the one that the finding measures. */
  add(one: PartedFrame, other: PartedFrame, closeness: number): void {
    const [a, b] = isInOrder(one, other) ? [one, other] : [other, one]
    const key = this.sideNumber(a) * mostSides + this.sideNumber(b)
    let contact = this.contacts.get(key)
    if (!contact) {
      contact = { sides: [sideOf(a), sideOf(b)], closest: [a, b], closeness }
      this.contacts.set(key, contact)
    }
    contact.sides[0].rows.push(a.row)
    contact.sides[1].rows.push(b.row)
    if (closeness >= contact.closeness) return
    contact.closest = [a, b]
    contact.closeness = closeness
  }

  /** The findings, sorted by parts and logs. */
  leaks(): Leak[] {
    const named = [...this.contacts.values()].map((contact) => ({ contact, name: nameOf(contact) }))
    named.sort((a, b) => (a.name < b.name ? -1 : 1))
    return named.map(({ contact }) => leakOf(this.kind, contact))
  }

  private sideNumber({ track, part }: PartedFrame): number {
    const known = this.numberOf.get(track)
    const number = known ?? this.numberOf.size
    if (known === undefined) this.numberOf.set(track, number)
    return number * parts.length + parts.indexOf(part)
  }
}

function nameOf({ sides: [a, b] }: Contact): string {
  return JSON.stringify([a.part, a.track.logId, b.part, b.track.logId])
}

/** Whether `a` comes first: by part, then by log. */
function isInOrder(a: PartedFrame, b: PartedFrame): boolean {
  const parted = parts.indexOf(a.part) - parts.indexOf(b.part)
  return parted === 0 ? a.track.logId < b.track.logId : parted < 0
}

function sideOf({ track, part }: PartedFrame): Side {
  return { track, part, rows: [] }
}

function leakOf(kind: Leak['kind'], { sides, closest }: Contact): Leak {
  const [a, b] = closest
  const gapNs = a.track.timestampNs[a.row] - b.track.timestampNs[b.row]
  return {
    kind,
    sides: [finished(sides[0], a.row), finished(sides[1], b.row)],
    distanceM: distanceM(a, b),
    gapS: Math.abs(Number(gapNs)) / 1e9,
  }
}

function finished({ track, part, rows }: Side, closest: number): LeakSide {
  const distinct = new Set(rows)
  return {
    logId: track.logId,
    part,
    frames: rangesOf(track.frameIndex, (row) => distinct.has(row)),
    count: distinct.size,
    closestFrame: track.frameIndex[closest],
  }
}

/** Horizontal distance in the city frame; null between sites. */
function distanceM(a: FramePlace, b: FramePlace): number | null {
  if (a.track.siteId !== b.track.siteId) return null
  return Math.hypot(a.track.xM[a.row] - b.track.xM[b.row], a.track.yM[a.row] - b.track.yM[b.row])
}

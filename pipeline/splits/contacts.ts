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
  rows: Set<number>
}

interface Contact {
  sides: [Side, Side]
  closest: [PartedFrame, PartedFrame]
  closeness: number
}

/** Gathers pairs of frames of two parts into one finding for each two logs and parts that meet. */
export class Contacts {
  private readonly contacts = new Map<string, Contact>()

  constructor(private readonly kind: Leak['kind']) {}

  /** Notes a pair; the pair of least `closeness` (a distance or a time) is the one that the finding measures. */
  add(one: PartedFrame, other: PartedFrame, closeness: number): void {
    const [a, b] = [one, other].sort(byPartThenLog)
    const key = JSON.stringify([a.part, a.track.logId, b.part, b.track.logId])
    const contact = this.contacts.get(key) ?? { sides: [sideOf(a), sideOf(b)], closest: [a, b], closeness }
    this.contacts.set(key, contact)
    contact.sides[0].rows.add(a.row)
    contact.sides[1].rows.add(b.row)
    if (closeness >= contact.closeness) return
    contact.closest = [a, b]
    contact.closeness = closeness
  }

  leaks(): Leak[] {
    return [...this.contacts.keys()].sort().map((key) => leakOf(this.kind, this.contacts.get(key)!))
  }
}

function byPartThenLog(a: PartedFrame, b: PartedFrame): number {
  const parted = parts.indexOf(a.part) - parts.indexOf(b.part)
  return parted || (a.track.logId < b.track.logId ? -1 : 1)
}

function sideOf({ track, part }: PartedFrame): Side {
  return { track, part, rows: new Set() }
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
  return {
    logId: track.logId,
    part,
    frames: rangesOf(track.frameIndex, (row) => rows.has(row)),
    count: rows.size,
    closestFrame: track.frameIndex[closest],
  }
}

/** Horizontal distance in the city frame; null between sites. */
function distanceM(a: FramePlace, b: FramePlace): number | null {
  if (a.track.siteId !== b.track.siteId) return null
  return Math.hypot(a.track.xM[a.row] - b.track.xM[b.row], a.track.yM[a.row] - b.track.yM[b.row])
}

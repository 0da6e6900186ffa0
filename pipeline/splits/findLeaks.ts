import { splitDefaults } from './config.js'
import { Contacts, type PartedFrame } from './contacts.js'
import { groupBy } from './groupBy.js'
import type { Leak } from './leak.js'
import { type Assignment, parts } from './part.js'
import { PlacedFrames } from './placedFrames.js'
import type { LogTrack } from './tracks.js'

/** From where on frames of two parts are too close. */
export interface LeakLimits {
  bufferM: number
  /** Between frames of one rig at one site. */
  neighbourS?: number
}

/**
 * Lists what the parts of an assignment share: any assignment, ours or another's. Empty: nothing was found. Frames that
 * are in no part cannot leak. One finding for each kind, two logs and two parts; sorted, so that equal assignments give
 * equal lists.
 */
export function findLeaks(tracks: readonly LogTrack[], partOf: Assignment, limits: LeakLimits): Leak[] {
  const { bufferM, neighbourS = splitDefaults.neighbourS } = limits
  // Sorted, because ties between equally near frames go to the first.
  const sorted = [...tracks].sort((a, b) => (a.logId < b.logId ? -1 : 1))
  const frames = sorted.flatMap((track) => partedFrames(track, partOf))
  return [
    ...sharedBy(frames, 'same-log', ({ track }) => track.logId),
    ...sharedBy(frames, 'same-source', ({ track }) => track.sourceHash || null).filter(isOfTwoLogs),
    ...nearFrames(frames, bufferM),
    ...drives(frames, neighbourS),
  ]
}

function partedFrames(track: LogTrack, partOf: Assignment): PartedFrame[] {
  const frames = Array.from(track.frameIndex, (index, row) => ({ track, row, part: partOf(track.logId, index) }))
  return frames.filter((frame): frame is PartedFrame => frame.part !== null)
}

/** Frames of equal key that are in different parts, by log and part. */
function sharedBy(frames: PartedFrame[], kind: Leak['kind'], keyOf: (frame: PartedFrame) => string | null): Leak[] {
  const contacts = new Contacts(kind)
  for (const [key, alike] of groupBy(frames, keyOf)) {
    const sides = [...groupBy(alike, ({ track, part }) => `${part} ${track.logId}`).values()]
    if (key === null || sides.length < 2) continue
    for (const [i, one] of sides.entries())
      for (const other of sides.slice(i + 1)) if (one[0].part !== other[0].part) meet(contacts, one, other)
  }
  return contacts.leaks()
}

/** Notes every frame of both sides, each with the nearest one of the other side, or any where sites differ. */
function meet(contacts: Contacts, one: PartedFrame[], other: PartedFrame[]): void {
  for (const [mine, theirs] of [
    [one, other],
    [other, one],
  ]) {
    const placed = new PlacedFrames(theirs)
    for (const frame of mine) {
      const nearest = placed.nearest(frame, Number.POSITIVE_INFINITY)
      const at = nearest ? { track: nearest.track, row: nearest.row, part: theirs[0].part } : theirs[0]
      contacts.add(frame, at, nearest?.distanceM ?? Number.POSITIVE_INFINITY)
    }
  }
}

function isOfTwoLogs({ sides }: Leak): boolean {
  return sides[0].logId !== sides[1].logId
}

function nearFrames(frames: PartedFrame[], bufferM: number): Leak[] {
  const contacts = new Contacts('near')
  const byPart = groupBy(frames, ({ part }) => part)
  for (const part of parts) {
    const placed = new PlacedFrames(byPart.get(part) ?? [])
    for (const frame of frames) {
      if (frame.part === part) continue
      const nearest = placed.nearest(frame, bufferM)
      if (nearest) contacts.add(frame, { track: nearest.track, row: nearest.row, part }, nearest.distanceM)
    }
  }
  return contacts.leaks()
}

/**
 * Where two parts meet within `neighbourS` there are two frames, next to each other in time, of different parts and
 * hardly apart: looking at neighbours is enough.
 */
function drives(frames: PartedFrame[], neighbourS: number): Leak[] {
  const contacts = new Contacts('drive')
  for (const vehicle of groupBy(frames, ({ track }) => JSON.stringify([track.rigId, track.siteId])).values()) {
    const inTime = vehicle.sort((a, b) => compareNs(timeOf(a), timeOf(b)))
    for (let i = 1; i < inTime.length; i++) {
      const [before, after] = [inTime[i - 1], inTime[i]]
      const gapS = Number(timeOf(after) - timeOf(before)) / 1e9
      if (before.part !== after.part && gapS < neighbourS) contacts.add(before, after, gapS)
    }
  }
  return contacts.leaks()
}

function timeOf({ track, row }: PartedFrame): bigint {
  return track.timestampNs[row]
}

function compareNs(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

import { splitDefaults } from './config.js'
import { Contacts, type PartedFrame } from './contacts.js'
import { groupBy } from './groupBy.js'
import type { Leak } from './leak.js'
import { type Assignment, type Part, parts } from './part.js'
import { PlacedFrames } from './placedFrames.js'
import type { LogTrack } from './tracks.js'

/** From where on frames of two parts are too close. */
export interface LeakLimits {
  bufferM: number
  /** Between frames of one rig at one site. */
  neighbourS?: number
}

/** Frames of one log that are in one part, ascending. */
interface Side {
  track: LogTrack
  part: Part
  rows: Int32Array
}

/**
 * Lists what the parts of an assignment share: any assignment, ours or another's. Empty: nothing was found. Frames that
 * are in no part cannot leak. One finding for each kind, two logs and two parts; of a source that very many logs share,
 * each log has one with the first of every other part. Sorted, so that equal assignments give equal lists.
 */
export function findLeaks(tracks: readonly LogTrack[], partOf: Assignment, limits: LeakLimits): Leak[] {
  const { bufferM, neighbourS = splitDefaults.neighbourS } = limits
  // Sorted, so that a tie between equally near frames is settled alike in whatever order the tracks come.
  const sorted = [...tracks].sort((a, b) => (a.logId < b.logId ? -1 : 1))
  const sides = sorted.flatMap((track) => sidesOf(track, partOf))
  return [
    ...sharedBy(sides, 'same-log', ({ track }) => track.logId),
    ...sharedBy(sides, 'same-source', ({ track }) => track.sourceHash || null).filter(isOfTwoLogs),
    ...nearFrames(sides, bufferM),
    ...drives(sides, neighbourS),
  ]
}

/** The log's parts, with the rows in each. */
function sidesOf(track: LogTrack, partOf: Assignment): Side[] {
  const rows = groupBy(track.frameIndex.keys(), (row) => partOf(track.logId, track.frameIndex[row]))
  return parts.flatMap((part) => {
    const mine = rows.get(part)
    return mine ? [{ track, part, rows: Int32Array.from(mine) }] : []
  })
}

function* framesOf(sides: Iterable<Side>): Generator<PartedFrame> {
  for (const { track, part, rows } of sides) for (const row of rows) yield { track, row, part }
}

/** Of more sides that share a key than this, each is paired with the first of every other part, not with all. */
const mostPaired = 32

/** Frames of equal key that are in different parts, by log and part. */
function sharedBy(sides: Side[], kind: Leak['kind'], keyOf: (side: Side) => string | null): Leak[] {
  const contacts = new Contacts(kind)
  for (const [key, alike] of groupBy(sides, keyOf))
    if (key !== null) for (const [one, other] of pairsOf(alike)) meet(contacts, one, other)
  return contacts.leaks()
}

/** Pairs of sides in different parts: all, or where that would be a square, enough that every side is in one. */
function* pairsOf(alike: readonly Side[]): Generator<[Side, Side]> {
  const firsts = parts.flatMap((part) => alike.find((side) => side.part === part) ?? [])
  for (const [i, one] of alike.entries()) {
    const others = alike.length <= mostPaired ? alike.slice(i + 1) : firsts
    for (const other of others) {
      // The firsts of two parts meet once.
      const isTwice = others === firsts && firsts.includes(one) && firsts.indexOf(one) >= firsts.indexOf(other)
      if (one.part !== other.part && !isTwice) yield [one, other]
    }
  }
}

/** Notes every frame of both sides, each with the nearest one of the other side, or any where sites differ. */
function meet(contacts: Contacts, one: Side, other: Side): void {
  for (const [mine, theirs] of [
    [one, other],
    [other, one],
  ]) {
    const placed = new PlacedFrames(framesOf([theirs]))
    const { track, part, rows } = theirs
    for (const frame of framesOf([mine])) {
      const nearest = placed.nearest(frame, Number.POSITIVE_INFINITY)
      contacts.add(frame, { track, part, row: nearest?.row ?? rows[0] }, nearest?.distanceM ?? Number.POSITIVE_INFINITY)
    }
  }
}

function isOfTwoLogs({ sides }: Leak): boolean {
  return sides[0].logId !== sides[1].logId
}

function nearFrames(sides: Side[], bufferM: number): Leak[] {
  const contacts = new Contacts('near')
  for (const part of parts) {
    const placed = new PlacedFrames(framesOf(sides.filter((side) => side.part === part)))
    for (const frame of framesOf(sides.filter((side) => side.part !== part))) {
      const nearest = placed.nearest(frame, bufferM)
      if (nearest) contacts.add(frame, { track: nearest.track, row: nearest.row, part }, nearest.distanceM)
    }
  }
  return contacts.leaks()
}

/**
 * Where two parts meet within `neighbourS` there are two frames, next to each other in time, of different parts and
 * hardly apart: looking at neighbours is enough, and only in drives that are in several parts.
 */
function drives(sides: Side[], neighbourS: number): Leak[] {
  const contacts = new Contacts('drive')
  for (const vehicle of groupBy(sides, ({ track }) => JSON.stringify([track.rigId, track.siteId])).values())
    for (const drive of drivesOf(vehicle, neighbourS)) {
      if (drive.every(({ part }) => part === drive[0].part)) continue
      const inTime = [...framesOf(drive)].sort((a, b) => compareNs(timeOf(a), timeOf(b)))
      for (let i = 1; i < inTime.length; i++) {
        const [before, after] = [inTime[i - 1], inTime[i]]
        const gapS = Number(timeOf(after) - timeOf(before)) / 1e9
        if (before.part !== after.part && gapS < neighbourS) contacts.add(before, after, gapS)
      }
    }
  return contacts.leaks()
}

/** The vehicle's frames cut wherever there are `neighbourS` or more without one, as far as whole sides tell. */
function drivesOf(vehicle: Side[], neighbourS: number): Side[][] {
  const startOf = ({ track, rows }: Side) => track.timestampNs[rows[0]]
  const endOf = ({ track, rows }: Side) => track.timestampNs[rows[rows.length - 1]]
  const cut: Side[][] = []
  let endNs = 0n
  for (const side of [...vehicle].sort((a, b) => compareNs(startOf(a), startOf(b)))) {
    const goesOn = cut.length > 0 && Number(startOf(side) - endNs) / 1e9 < neighbourS
    if (goesOn) cut[cut.length - 1].push(side)
    else cut.push([side])
    if (!goesOn || endOf(side) > endNs) endNs = endOf(side)
  }
  return cut
}

function timeOf({ track, row }: PartedFrame): bigint {
  return track.timestampNs[row]
}

function compareNs(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

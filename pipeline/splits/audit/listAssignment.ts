import { type Assignment, parts } from '../part.js'
import type { LogTrack } from '../tracks.js'
import type { FrameRef } from './finding.js'
import type { ListEntry } from './lists.js'

/** Names that are listed, up to a limit, and how many there are. */
export interface Counted<T> {
  count: number
  shown: T[]
}

/** What lists say of a dataset. */
export interface ListAssignment {
  partOf: Assignment
  /** Logs and runs of frames that the lists name and the dataset lacks. */
  missing: Counted<string>
  /** Frames that the lists give to two parts; the first part, in the order train, val, test, counts. */
  contradictions: Counted<FrameRef>
}

const mostShown = 50

/** Lays lists over the logs of a dataset. */
export function assignByLists(entries: readonly ListEntry[], tracks: readonly LogTrack[]): ListAssignment {
  const rowsOf = new Map(tracks.map(({ logId, frameIndex }) => [logId, rowsByIndex(frameIndex)]))
  const given = new Map(tracks.map(({ logId, frameIndex }) => [logId, new Int8Array(frameIndex.length).fill(-1)]))
  const missing: Counted<string> = { count: 0, shown: [] }
  const contradictions: Counted<FrameRef> = { count: 0, shown: [] }
  for (const part of parts)
    for (const { logId, frames } of entries.filter((entry) => entry.part === part)) {
      const mine = given.get(logId)
      const rows = [...(rowsOf.get(logId) ?? [])].filter(
        ([index]) => !frames || (frames[0] <= index && index <= frames[1]),
      )
      if (!mine || rows.length === 0) note(missing, nameOf(logId, mine ? frames : null))
      for (const [frameIndex, row] of rows) {
        const number = parts.indexOf(part)
        if (mine![row] < 0) mine![row] = number
        else if (mine![row] !== number) note(contradictions, { logId, frameIndex, part: parts[mine![row]] })
      }
    }
  const partOf: Assignment = (logId, frameIndex) => {
    const row = rowsOf.get(logId)?.get(frameIndex)
    return row === undefined ? null : (parts[given.get(logId)![row]] ?? null)
  }
  return { partOf, missing, contradictions }
}

function rowsByIndex(frameIndex: Int32Array): Map<number, number> {
  return new Map(Array.from(frameIndex, (index, row) => [index, row]))
}

function note<T>(list: Counted<T>, item: T): void {
  list.count++
  if (list.shown.length < mostShown) list.shown.push(item)
}

function nameOf(logId: string, frames: ListEntry['frames']): string {
  if (!frames) return `log ${logId}`
  return frames[0] === frames[1] ? `log ${logId}, frame ${frames[0]}` : `log ${logId}, frames ${frames.join(' to ')}`
}

import { groupBy } from './groupBy.js'
import type { Loss, Losses } from './leaveOut.js'
import { type Part, parts } from './part.js'
import type { Piece } from './pieces.js'
import { isInRanges, rangesOf } from './ranges.js'
import type { LogException, SplitFile } from './splitFile.js'
import type { LogTrack } from './tracks.js'

type LogEntry = SplitFile['logs'][number]

/** Where the frames of one log went. */
export interface Placement {
  track: LogTrack
  /** Part that each row was given to; null: none. */
  given: (Part | null)[]
  /** By row: why it is not there all the same. */
  lost: Map<number, Loss>
  /** Why the log, or some of it, was given to no part; null where all of it was. */
  leftOut: string | null
}

/** What a log got in one part: frames given, and those of them that it kept. */
export interface PlacedLog {
  track: LogTrack
  part: Part
  given: number
  kept: number
}

/** Placements of the logs whose pieces were given to parts. */
export function placementsOf(
  logs: readonly LogTrack[],
  pieces: readonly Piece[],
  partOf: ReadonlyMap<string, Part>,
  losses: Losses,
): Placement[] {
  const piecesOf = groupBy(pieces, ({ whole }) => whole)
  return logs.map((track) => {
    const placement = emptyPlacement(track, null)
    for (const { logId, rows } of piecesOf.get(track) ?? [])
      rows.forEach((row, i) => {
        placement.given[row] = partOf.get(logId) ?? null
        const loss = losses.get(logId)?.get(i)
        if (loss) placement.lost.set(row, loss)
      })
    return placement
  })
}

/** A log of which no frame is in a part. */
export function emptyPlacement(track: LogTrack, leftOut: string | null): Placement {
  return { track, given: new Array(track.frameIndex.length).fill(null), lost: new Map(), leftOut }
}

/** What each log got in each part that it was given to. */
export function placedLogs(placements: readonly Placement[]): PlacedLog[] {
  return placements.flatMap(({ track, given, lost }) =>
    parts.flatMap((part) => {
      const count = given.reduce((sum, to) => sum + Number(to === part), 0)
      if (count === 0) return []
      let gone = 0
      for (const row of lost.keys()) if (given[row] === part) gone++
      return [{ track, part, given: count, kept: count - gone }]
    }),
  )
}

/** The log's line in `split.json`: the part that most of it was given to, and exceptions for the other frames. */
export function entryOf({ track, given, lost, leftOut }: Placement): LogEntry {
  const { logId, siteId, rigId, sourceHash, frameIndex } = track
  const counts = parts.map((part) => given.reduce((sum, to) => sum + Number(to === part), 0))
  const most = Math.max(...counts)
  const part = most > 0 ? parts[counts.indexOf(most)] : null
  const isWhole = most === given.length && lost.size === 0
  const kinds = groupBy(isWhole ? [] : given.keys(), (row) => {
    const loss = lost.get(row)
    return [given[row], loss?.reason ?? null, loss?.near ?? null].join()
  })
  const exceptions = [...kinds.values()].flatMap((rows) => {
    const to = given[rows[0]]
    const loss = lost.get(rows[0])
    if (to === part && !loss) return []
    const chosen = new Set(rows)
    const where = { count: rows.length, frames: rangesOf(frameIndex, (row) => chosen.has(row)) }
    return [exceptionOf(to, loss, where)]
  })
  return { logId, siteId, rigId, sourceHash, part, frames: frameIndex.length, leftOut, exceptions }
}

function exceptionOf(
  to: Part | null,
  loss: Loss | undefined,
  where: Pick<LogException, 'count' | 'frames'>,
): LogException {
  if (loss) return { reason: loss.reason, part: null, given: to, near: loss.near, ...where }
  return { reason: to ? 'cut' : 'conflict', part: to, given: to, near: null, ...where }
}

/** The placement that a line of `split.json` describes. */
export function placementFrom(track: LogTrack, { part, leftOut, exceptions }: LogEntry): Placement {
  const placement = emptyPlacement(track, leftOut)
  track.frameIndex.forEach((index, row) => {
    const found = exceptions.find(({ frames }) => isInRanges(frames, index))
    placement.given[row] = found ? found.given : part
    if (found && (found.reason === 'buffer' || found.reason === 'gap'))
      placement.lost.set(row, { reason: found.reason, near: found.near! })
  })
  return placement
}

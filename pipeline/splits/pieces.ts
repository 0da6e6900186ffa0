import { DataError } from '../errors.js'
import { groupBy } from './groupBy.js'
import type { RuleSettings, SplitRule } from './rule.js'
import type { LogTrack } from './tracks.js'

/**
 * What is given to a part as one: a whole log, or the frames of a log that lie in one region of a rule that cuts logs.
 * It is a track like a log's, so that groups, buffer and search need not know the difference.
 */
export interface Piece extends LogTrack {
  /** The log that it is of. `logId` is the log's where it is whole, else the log's and the piece's first frame. */
  whole: LogTrack
  /** Its rows in the log. */
  rows: Int32Array
  /** Null: the log is whole. */
  region: string | null
}

/** The pieces of the logs under a rule, in the order of the logs. Throws DataError when two would have one name. */
export function piecesOf(logs: readonly LogTrack[], rule: SplitRule, settings: RuleSettings): Piece[] {
  const regions = rule.regionsOf?.(logs, settings)
  const pieces = logs.flatMap((log, i) => (regions ? cut(log, regions[i]) : [wholePiece(log)]))
  const names = new Set<string>()
  for (const { logId, whole } of pieces) {
    if (names.has(logId))
      throw new DataError('two logs, or a log and a piece of one, have one name', { place: `log ${whole.logId}` })
    names.add(logId)
  }
  return pieces
}

/** Value of a piece under a rule that cuts logs. */
export function regionValue(piece: LogTrack | Piece): string[] {
  if ('region' in piece && piece.region !== null) return [piece.region]
  throw new Error(`log ${piece.logId} was not cut`)
}

function wholePiece(log: LogTrack): Piece {
  return { ...log, whole: log, rows: Int32Array.from(log.frameIndex.keys()), region: null }
}

function cut(log: LogTrack, regions: readonly string[]): Piece[] {
  const rowsOf = groupBy(regions.keys(), (row) => regions[row])
  return [...rowsOf].map(([region, rows]) => {
    const picked = pick(log, rows)
    return { ...picked, logId: `${log.logId}@${picked.frameIndex[0]}`, whole: log, rows: Int32Array.from(rows), region }
  })
}

/** The track of some rows of a log. */
export function pick(log: LogTrack, rows: readonly number[]): LogTrack {
  return {
    ...log,
    frameIndex: Int32Array.from(rows, (row) => log.frameIndex[row]),
    timestampNs: BigInt64Array.from(rows, (row) => log.timestampNs[row]),
    xM: Float64Array.from(rows, (row) => log.xM[row]),
    yM: Float64Array.from(rows, (row) => log.yM[row]),
  }
}

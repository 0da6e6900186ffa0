import { findLeaks } from './findLeaks.js'
import type { Leak } from './leak.js'
import { leakRules, type SplitLimits } from './leakRules.js'
import type { LogTrack } from './tracks.js'
import type { TrainedLog } from './trainedFrames.js'

/**
 * Where frames that a model was trained on meet frames that it is to be scored on. `same-frame`: one and the same ·
 * `same-log`, `same-source`, `near`, `drive`: as of the parts of a split (`leak.ts`). One for each rule and two logs.
 */
export interface Meeting {
  rule: 'same-frame' | Leak['kind']
  /** The frame that was trained on, and the scored one, which are closest. */
  trained: { logId: string; frameIndex: number }
  scored: { logId: string; frameIndex: number }
  /** Scored frames of that log that meet the other by this rule. */
  frames: number
  /** Horizontal, city frame; null between sites. */
  distanceM: number | null
  gapS: number
}

/** The rules that the limits of a split leave in force. */
export function meetingRules(limits: SplitLimits): Meeting['rule'][] {
  return ['same-frame', ...leakRules(limits)]
}

// One log may be on both sides, with other frames on each.
const sides = { trained: 'trained ', scored: 'scored ' } as const

/**
 * Lists where the frames trained on and the frames scored meet by any rule; empty: nowhere. The two may be of different
 * datasets. Logs are the same when their ids are, unless their sources are known to differ: ids of two datasets may
 * coincide. Sites are the same when their ids are.
 */
export function meetings(
  trained: readonly TrainedLog[],
  scored: readonly TrainedLog[],
  limits: SplitLimits,
): Meeting[] {
  const tracks = [
    ...trained.map((log) => renamed(log, sides.trained)),
    ...scored.map((log) => renamed(log, sides.scored)),
  ]
  const leaks = findLeaks(tracks, (logId) => (logId.startsWith(sides.trained) ? 'train' : 'test'), limits)
  const rules = leakRules(limits)
  const found = leaks.map(meetingOf).filter((meeting) => rules.includes(meeting.rule as Leak['kind']))
  return [...sameLogs(trained, scored, limits), ...found.filter((meeting) => !isOneSource(meeting))]
}

function renamed(log: TrainedLog, side: string): LogTrack {
  // No rule looks at these, and a model's folder does not keep them.
  const rest = { routeId: '', date: null, mapVersion: null, observedVoxels: null }
  return { ...rest, ...log, logId: side + log.logId }
}

function meetingOf({ kind, sides: [one, other], distanceM, gapS }: Leak): Meeting {
  return {
    rule: kind,
    trained: { logId: one.logId.slice(sides.trained.length), frameIndex: one.closestFrame },
    scored: { logId: other.logId.slice(sides.scored.length), frameIndex: other.closestFrame },
    frames: other.count,
    distanceM,
    gapS,
  }
}

/** A log is of one source with itself, which is no other finding than `same-log`. */
function isOneSource({ rule, trained, scored }: Meeting): boolean {
  return rule === 'same-source' && trained.logId === scored.logId
}

/** Frames of logs that are on both sides: the very same ones or, unless the split cuts logs, any. */
function sameLogs(trained: readonly TrainedLog[], scored: readonly TrainedLog[], { cutsLogs }: SplitLimits) {
  const trainedBy = new Map(trained.map((log) => [log.logId, log]))
  const found: Meeting[] = []
  for (const log of scored) {
    const mine = trainedBy.get(log.logId)
    if (!mine || log.frameIndex.length === 0 || !areOneLog(mine, log)) continue
    const rowAt = new Map(Array.from(mine.timestampNs, (timeNs, row) => [timeNs, row]))
    const shared = [...log.timestampNs.keys()].filter((row) => rowAt.has(log.timestampNs[row]))
    if (shared.length > 0) {
      const row = rowAt.get(log.timestampNs[shared[0]])!
      found.push(meetingAt('same-frame', [mine, row], [log, shared[0]], shared.length))
    } else if (!cutsLogs) found.push(meetingAt('same-log', [mine, 0], [log, 0], log.frameIndex.length))
  }
  return found
}

function areOneLog(a: TrainedLog, b: TrainedLog): boolean {
  return a.sourceHash === b.sourceHash || !a.sourceHash || !b.sourceHash
}

type Place = [log: TrainedLog, row: number]

function meetingAt(rule: Meeting['rule'], [mine, myRow]: Place, [log, row]: Place, frames: number): Meeting {
  return {
    rule,
    trained: { logId: mine.logId, frameIndex: mine.frameIndex[myRow] },
    scored: { logId: log.logId, frameIndex: log.frameIndex[row] },
    frames,
    distanceM: Math.hypot(mine.xM[myRow] - log.xM[row], mine.yM[myRow] - log.yM[row]),
    gapS: Math.abs(Number(mine.timestampNs[myRow] - log.timestampNs[row])) / 1e9,
  }
}

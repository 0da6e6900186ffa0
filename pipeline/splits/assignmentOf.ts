import type { Assignment } from './part.js'
import { isInRanges } from './ranges.js'
import type { SplitFile } from './splitFile.js'

/** The assignment that a split's logs describe; a log that it does not know is in no part. */
export function assignmentOf(logs: SplitFile['logs']): Assignment {
  const byId = new Map(logs.map((log) => [log.logId, log]))
  return (logId, frameIndex) => {
    const log = byId.get(logId)
    if (!log) return null
    const exception = log.exceptions.find(({ frames }) => isInRanges(frames, frameIndex))
    return exception ? exception.part : log.part
  }
}

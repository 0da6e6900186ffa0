import { type Leak, leak } from './leak.js'
import type { SplitFile } from './splitFile.js'

/** From where on frames of two parts of a split are too close. */
export interface SplitLimits {
  bufferM: number
  neighbourS: number
  /** A rule of the split cuts logs, by place or time: then frames of one source are judged by place and time alone. */
  cutsLogs: boolean
}

export function limitsOf({ bufferM, neighbourS, cutLogs, official }: SplitFile): SplitLimits {
  return { bufferM, neighbourS, cutsLogs: cutLogs > 0 && official === null }
}

/** The rules of `leak.ts` that are in force under these limits: the others find nothing. */
export function leakRules({ bufferM, neighbourS, cutsLogs }: SplitLimits): Leak['kind'][] {
  const isOff: Record<Leak['kind'], boolean> = {
    'same-log': cutsLogs,
    'same-source': cutsLogs,
    near: bufferM <= 0,
    drive: neighbourS <= 0,
  }
  return leak.shape.kind.options.filter((kind) => !isOff[kind])
}

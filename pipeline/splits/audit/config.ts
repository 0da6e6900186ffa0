import { UsageError } from '../../errors.js'
import { splitDefaults } from '../config.js'

/** From where on the audit calls something a leak, and how much of it is listed. */
export interface AuditSplitConfig {
  /** Frames of two parts nearer than this leak, metres. */
  bufferM: number
  /** Frames of one rig at one site, in two parts, less than this apart in time leak, seconds. */
  neighbourS: number
  /** Frames that a model is given, and frames it is asked for after them: together a window. */
  clip: number
  horizon: number
  /** Compare the frames' occupancy: reads the whole dataset. */
  content: boolean
  /** Frames whose signatures lie nearer than this are near-duplicates: 0 the same, 1.41 nothing in common. */
  alike: number
  /** Cases that a finding lists; all are counted. */
  mostNamed: number
}

export const auditSplitDefaults: AuditSplitConfig = {
  bufferM: splitDefaults.bufferM,
  neighbourS: splitDefaults.neighbourS,
  clip: 4,
  horizon: 6,
  content: true,
  alike: 0.25,
  mostNamed: 200,
}

/** Throws UsageError for limits that are none. */
export function checkAuditSplitConfig(config: AuditSplitConfig): void {
  for (const name of ['bufferM', 'neighbourS', 'alike'] as const)
    if (config[name] < 0) throw new UsageError(`audit.${name} is negative`, { actual: String(config[name]) })
  for (const name of ['clip', 'horizon', 'mostNamed'] as const)
    if (!Number.isInteger(config[name]) || config[name] < 1)
      throw new UsageError(`audit.${name} is not usable`, {
        expected: 'a whole number from 1 up',
        actual: String(config[name]),
      })
}

import { z } from 'zod'
import { parts } from '../part.js'
import { finding } from './finding.js'

/** Names of the files that an audit's folder holds. */
export const auditFileName = 'audit.json'
export const mapFileName = 'map.svg'

const count = z.int().nonnegative()
const names = z.object({ count, shown: z.array(z.string()) })

/** Content of `audit.json`. */
export const auditFile = z.object({
  kind: z.literal('occlab split audit'),
  version: z.literal(1),
  /** leak: at least one finding is a leak. */
  verdict: z.enum(['leak', 'clean']),
  /** Where the assignment came from, and whether it was made for this very dataset; null: lists do not say. */
  assignment: z.object({ from: z.enum(['split', 'lists']), hash: z.string(), isOfDataset: z.boolean().nullable() }),
  datasetHash: z.string(),
  config: z.record(z.string(), z.unknown()),
  parts: z.record(z.enum(parts), z.object({ logs: count, frames: count })),
  /** Frames of the dataset that are in no part. */
  inNoPart: count,
  /** What the assignment names and the dataset lacks. */
  missing: names,
  /** Logs of the dataset that the assignment does not name, or leaves out whole. */
  unassigned: names,
  findings: z.array(finding),
})
export type AuditFile = z.infer<typeof auditFile>

import type { Leak } from '../leak.js'
import type { AuditedTrack } from './auditedTracks.js'
import type { AuditSplitConfig } from './config.js'
import type { Found, FrameRef } from './finding.js'
import type { FittedModel } from './fittedModels.js'
import type { PartPlaces } from './partPlaces.js'
import type { SignatureMatches } from './signatureMatches.js'

/** Everything that findings are made from, read and searched once. */
export interface AuditInput {
  /** All logs of the dataset, sorted by id. */
  tracks: readonly AuditedTrack[]
  places: PartPlaces
  /** What `findLeaks` found under the same limits. */
  leaks: readonly Leak[]
  /** The split says of itself that it cuts logs, by place or time, and keeps the pieces apart. */
  cutsLogs: boolean
  /** Frames that lists give to two parts; the first of them counts. */
  contradictions: { count: number; shown: readonly FrameRef[] }
  /** Null: the frames were not compared. */
  matches: SignatureMatches | null
  models: readonly FittedModel[]
  config: AuditSplitConfig
}

/** One kind of search. */
export interface AuditSearch {
  /** One phrase, for the table, `--help` and the docs. */
  title: string
  find(input: AuditInput): Found
}

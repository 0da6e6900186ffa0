import type { Grid } from '../pipeline/grid.js'
import type { FrameRef, Finding as SplitFinding } from '../pipeline/splits/audit/finding.js'
import type { VoxelClass } from '../pipeline/taxonomy.js'

/** What the server says and the browser app reads: types only, so that neither drags the other in. */

/** What a panel can show. All but the truth come from `predictions.arrow`. */
export const kinds = ['truth', 'reconstruction', 'forecast', 'copy', 'warp'] as const
export type Kind = (typeof kinds)[number]

/** Kinds that say how many seconds ahead they look. */
export const ahead: ReadonlySet<Kind> = new Set(['forecast', 'copy', 'warp'])

/** A score of the whole scored part, with everything it needs to stand alone. */
export interface Headline {
  task: string
  model: string
  metric: 'iou' | 'miou'
  horizonS: number | null
  value: number | null
  low: number | null
  high: number | null
  count: number
  policy: string
  mask: string
  ego: string | null
  population: string
  part: string
  clusters: number
}

export interface LogSummary {
  logId: string
  siteId: string
  rigId: string
  occupancy: string
  frames: number
  /** Frames that have at least one prediction. */
  predicted: number
}

/** `/api/run.json` */
export interface RunInfo {
  name: string
  /** Short content hash of the dataset. */
  dataset: string
  grid: Grid
  taxonomy: string
  classes: readonly VoxelClass[]
  logs: LogSummary[]
  /** What there is to show; truth always, and first. */
  kinds: Kind[]
  /** Seconds, ascending; empty without forecasts. */
  horizonsS: number[]
  headlines: Headline[]
  /** Whether there is an audit of a split of the dataset. */
  hasAudit: boolean
}

/** A case of a finding: the frame that it is about, or the two that meet. */
export interface AuditCase {
  frames: FrameRef[]
  /** Horizontal, city frame; null for one frame and between sites. */
  distanceM: number | null
  gapS: number | null
  /** What the frames do not say. */
  what: string | null
}

export interface AuditFinding {
  kind: string
  title: string
  severity: SplitFinding['severity']
  headline: string
  summary: string
  /** All cases; `cases` may be the worst of them. */
  count: number
  cases: AuditCase[]
}

/** `/api/audit.json` */
export interface AuditInfo {
  verdict: 'leak' | 'clean'
  findings: AuditFinding[]
}

/** One frame of a log and the predictions kept of it. */
export interface FrameSummary {
  frameIndex: number
  reconstruction: boolean
  /** Horizons in seconds for which each kind looks ahead to this frame. */
  horizonsS: Partial<Record<Kind, number[]>>
}

/** `/api/log.json?log=…` */
export interface LogInfo {
  logId: string
  frames: FrameSummary[]
}

/** `/api/frame.json?log=…&frame=…` */
export interface FrameInfo {
  logId: string
  frameIndex: number
  /** Seconds since the log's first frame. */
  timeS: number
  /** Null at a log's start and after a gap. */
  speedMps: number | null
  yawRateRadps: number | null
  siteId: string
  routeId: string
  rigId: string
  weather: string | null
  timeOfDay: string | null
  lidarPoints: number
  sweeps: number
}

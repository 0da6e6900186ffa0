import type { DataError } from '../../errors.js'
import type { Grid } from '../../grid.js'
import type { RawLog, Sweep } from '../reader.js'
import type { CheckName } from './checks.js'

/** What a finding does to the dataset. */
export const effects = {
  log: 'the log is left out',
  frames: 'the frames are left out',
  rows: 'the rows are left out',
  points: 'the points are left out',
  cut: 'no ego motion goes across it',
  noted: 'kept as it is, and named',
} as const

export type Effect = keyof typeof effects

/** One thing that is wrong with a log, however often: its first place stands for all. */
export interface Observation {
  /** Below the log's folder. */
  file: string
  /** Row, key or time in that file: where a reader finds the first. */
  place: string
  expected: string
  actual: string
  count: number
  effect: Effect
}

export interface Finding extends Observation {
  /** Name of the check in the registry. */
  check: CheckName
}

/** An open log and the frames it is about to become. */
export interface Examined {
  log: RawLog
  /** Times of the frames, ns since the log's first pose, increasing. A call: to be asked once the clocks are known good. */
  frameTimesNs(): readonly number[]
  frameRateHz: number
}

/**
 * Looks for one kind of fault. Adding one is one file and one line in `checks.ts`; `docs/checks.md` is held to these
 * words by a test.
 */
export interface Check {
  /** What it finds. */
  readonly finds: string
  /** When it does, with the thresholds, and what follows. */
  readonly rule: string
  /** Why these thresholds. */
  readonly reason: string
  /** What an open log shows before a sweep is read. */
  look?(examined: Examined): Observation[]
  /** For what shows in the sweeps and grids only. `grid` is the dataset's. */
  watch?(log: RawLog, grid: Grid): ReadWatch
}

/** Sees each sweep or grid of a log once, as it is read. */
export interface ReadWatch {
  /** May take points out of the sweep, in place. */
  sweep?(sweep: Sweep): void
  /** A sweep or grid came in. */
  read?(): void
  /** One could not be read. */
  failed?(error: DataError): void
  /** After the last. May throw DataError: the log is left out. */
  observations(): Observation[]
}

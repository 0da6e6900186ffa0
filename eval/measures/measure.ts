import type { Window } from '../../models/dynamics/windows.js'
import type { Grid } from '../../pipeline/grid.js'
import type { Pose } from '../../pipeline/pose.js'
import type { Frame, SceneObject } from '../../pipeline/schema.js'
import type { DatasetTaxonomy } from '../../pipeline/taxonomy.js'
import type { Policy } from '../metrics/policies.js'
import type { Score } from '../metrics/score.js'

/** What all scored frames share. */
export interface World {
  grid: Grid
  taxonomy: DatasetTaxonomy
  /** Frames a second. */
  rateHz: number
}

/** One prediction beside the truth of the same instant. */
export interface ScoredFrame {
  truth: Frame
  /** Annotated things of the truth; null where no annotations cover it. */
  objects: readonly SceneObject[] | null
  /** [X·Y·Z] class indices, z fastest. */
  predicted: Uint8Array
  /** The forecaster's probability that a voxel is occupied, [X·Y·Z]; null where it gives none, as copying does. */
  occupied: Float32Array | null
  /** Seconds from the last frame seen to the truth; null for a reconstruction. */
  horizonS: number | null
  /** Where the forecaster took the ego to be: the true pose, unless it had to predict its own way. */
  cityFromEgo: Pose
}

/** All that one forecaster said of one window, in order of horizon. */
export interface ScoredWindow {
  window: Window
  /** The last frame that the forecaster saw, and its annotated things. */
  last: Frame
  lastObjects: readonly SceneObject[] | null
  ahead: readonly ScoredFrame[]
  /** Random futures beside the most likely one: class indices [X·Y·Z] by rollout, then by step of `ahead`. */
  rollouts: readonly (readonly Uint8Array[])[]
}

/** One number that a measure's sums give. */
export interface Value {
  /** `iou`, `miou`, `recall`, … */
  metric: string
  /** `ratio`, `m`, `m/s`, … */
  unit: string
  /** What `Score.count` counts: `voxels`, `rays`, `objects`, `frames`. */
  countOf: string
  className: string | null
  /** Null: neither is good by itself, and no two runs are compared by it. */
  better: 'higher' | 'lower' | null
  /** Headline values are also given for every slice of logs and held against the baselines, with a paired interval. */
  headline: boolean
  /** From sums, [L], over any number of logs. Must not keep or change its argument. */
  score(sums: Float64Array): Score
}

/** A value of which more or less is better. */
export type Directed = Value & { better: 'higher' | 'lower' }

export function isDirected(value: Value): value is Directed {
  return value.better !== null
}

/** What all measures say of themselves. */
interface Description {
  name: string
  /** One line for tables of what there is. */
  what: string
  /** The paper or code that defines it, with its address. */
  source: string
  /** `each`: once under every policy asked for; `none`: policies change nothing, its rows name its own convention. */
  policies: 'each' | 'none'
  /** The numbers its sums give, in row order. */
  values(world: World, policy: Policy): Value[]
}

/** Looks at every prediction by itself; the sums of different horizons are kept apart by the caller. */
export interface FrameMeasure extends Description {
  reads: 'frames'
  tasks: readonly ('reconstruction' | 'forecast')[]
  /** A counter for one log, forecaster, horizon and policy. */
  counter(world: World, policy: Policy): Counter<ScoredFrame>
}

/** Looks at whole windows, for what only a sequence shows; its sums say their own horizon. */
export interface WindowMeasure extends Description {
  reads: 'windows'
  /** A counter for one log, forecaster and policy. */
  counter(world: World, policy: Policy): Counter<ScoredWindow>
}

/**
 * A way to score predictions. Whatever it measures it says as sums that add up over frames and logs, so that intervals
 * are resampled over logs, slices are sums over some of them, and two runs are compared log by log: a mean is [Σ, n], an
 * IoU a confusion.
 */
export type Measure = FrameMeasure | WindowMeasure

/** Adds up what the predictions of one log and forecaster say. */
export interface Counter<Scored> {
  add(scored: Scored): void
  /** The log's sums. */
  sums(): Iterable<Sums>
}

export interface Sums {
  /** `all`, or the part of space or of the scene that they are about: `range=0–20 m`. */
  slice: string
  /** Null: the horizon of the frames that were added, or the whole window. */
  horizonS: number | null
  /** [L] */
  sums: Float64Array
}

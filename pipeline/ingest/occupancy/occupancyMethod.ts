import type { Grid } from '../../grid.js'
import type { Pose } from '../../pose.js'
import type { DatasetTaxonomy } from '../../taxonomy.js'
import type { Labels } from '../labels.js'
import type { RawLog } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'

/** A way to turn what a log offers into occupancy. Adding one is one file and one line in `occupancies.ts`. */
export interface OccupancyMethod {
  /** Times at which the log can make a frame, ns, increasing. Throws DataError when it lacks what the method needs. */
  offeredNs(log: RawLog): Float64Array
  open(scene: Scene): FrameBuilder
}

/** What frames of one log are built from and into. */
export interface Scene {
  log: RawLog
  grid: Grid
  taxonomy: DatasetTaxonomy
  labels: Labels
  /** Sweeps that feed a frame: its own and the ones before it. */
  sweeps: number
  /** Whether to keep what each sensor saw by itself. */
  sensorMasks: boolean
  skips: SkipCounter
}

export interface FrameBuilder {
  /** Occupancy in the ego frame of `timeNs`, good until the next is asked for. Frames are asked for in the order of time. */
  build(timeNs: number, cityFromEgo: Pose): Promise<BuiltFrame>
  /** After the last frame, when that is no longer needed. */
  close?(): void
}

export interface BuiltFrame {
  /** X·Y·Z class indices, z fastest; free where nothing is known. */
  semantics: Uint8Array
  /** X·Y·Z bits: 1 = known. */
  observed: Uint8Array
  /** Such bits by the sensor, or kind of sensor, that saw the voxel; null when they are not kept. */
  observedBy: Readonly<Record<string, Uint8Array>> | null
  lidarPoints: number
  sweeps: number
  source: string
}

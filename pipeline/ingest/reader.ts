import type { Grid } from '../grid.js'
import type { Pose, Vec3 } from '../pose.js'
import type { SensorCalibration } from '../schema.js'
import type { GroundMap } from './groundMap.js'
import type { PoseTrack } from './poseTrack.js'
import type { SkipCounter } from './skipCounter.js'

/**
 * Reads logs of one layout. Adding a layout is one file that exports a Reader and one line in `readers.ts`. A log
 * offers what its source holds (sweeps, boxes, a map); which frames that makes is not the reader's business.
 */
export interface Reader {
  /**
   * Whether `path` is a log, or holds logs, in this layout, whole or damaged: told from names and, where names say too
   * little, a file's first bytes. It is a folder, or a file that the user named.
   */
  recognises(path: string): Promise<boolean>
  /** Whether a folder beside logs, itself none, is a part of this layout, as KITTI's `poses` beside `sequences`; left out: none is. */
  owns?(path: string): boolean
  /**
   * The logs at `path`: one where a log is a folder, several where one folder holds many (nuScenes tables, ROS bags).
   * Throws DataError when not even their names can be read.
   */
  logs(path: string): Promise<LogSource[]>
  /** Opens one log; nothing of the size of a sweep is read yet. Throws DataError when it is not complete. */
  open(source: HashedLog, fill: Fill, skips: SkipCounter): Promise<RawLog>
}

/** A log before it is opened: enough to name it and to tell its content. */
export interface LogSource {
  logId: string
  dir: string
  /** The files below `dir` whose bytes decide what the log says: sorted, relative, forward slashes. */
  files: readonly string[]
  /** Which part of those files it is, where several logs share them. */
  part?: string
}

/** A log whose content is known. */
export interface HashedLog extends LogSource {
  /** SHA-256 of one of its files, in hexadecimal digits. */
  hashOf(file: string): string
}

/** A file of a log with its content hash, as frames name their source. */
export function sourceOf(log: HashedLog, file: string): string {
  return `${file} sha256:${log.hashOf(file)}`
}

/** What the user says where the source does not; null leaves it open. A source's own word wins. */
export interface Fill {
  rig: string | null
  site: string | null
  route: string | null
}

/** One open log. Its times are ns since its first pose; `poses` turns them into timestamps. */
export interface RawLog {
  /** Its folder, for messages. */
  readonly dir: string
  readonly head: LogHead
  readonly poses: PoseTrack
  readonly sensors: readonly Sensor[]
  readonly sweeps: SweepSource | null
  readonly boxes: BoxSource | null
  readonly voxels: VoxelSource | null
  readonly map: GroundMap | null
}

/** Null where the source does not say. */
export interface LogHead {
  logId: string
  siteId: string
  routeId: string
  rigId: string
  mapVersion: string | null
  weather: string | null
  timeOfDay: string | null
  date: string | null
  license: string | null
  /** The vocabulary of its category names, or the fleet it belongs to, where the source names one. */
  vocabulary: string | null
}

export type Sensor = Pick<SensorCalibration, 'sensorName' | 'egoFromSensor'>

/** LiDAR sweeps of a log, read one at a time. */
export interface SweepSource {
  /** Increasing. */
  readonly timesNs: Float64Array
  /** The sensors that `Sweep.lidar` counts. */
  readonly lidars: readonly Sensor[]
  /** Category names of the points, by code, for sources that label points. */
  readonly pointCategories: readonly string[] | null
  /**
   * Those of `pointCategories` whose things were moving when they were hit, for sources whose labels tell moving things
   * from standing ones (SemanticKITTI's `moving-car` beside `car`): their points in earlier sweeps feed no frame unless
   * a box carries them, everything else stays where it is. Null when the labels do not tell.
   */
  readonly movingCategories: ReadonlySet<string> | null
  /** `spare` is a sweep of this source that nobody needs any more: its arrays may be written over. */
  read(index: number, spare?: Sweep): Promise<Sweep>
}

/** Points of one turn, in the ego frame of its time (the source's or the reader's de-skewing done). All are finite. */
export interface Sweep {
  timeNs: number
  /** Points; the arrays may be longer. */
  count: number
  /** x y z a point, metres, 3·count. */
  pointsM: Float32Array
  /** Index in `SweepSource.lidars`, a point. */
  lidar: Uint8Array
  /** When each point was taken, ns after `timeNs`. */
  offsetNs: Int32Array
  /** Code of each point's category; null when the source labels no points. */
  category: Uint8Array | null
  /** The file it came from, below the log's folder. */
  file: string
  /** That file and its content hash, for the frame's `source`. */
  source: string
}

/** Annotated boxes of a log. */
export interface BoxSource {
  /** Annotated times, increasing. */
  readonly timesNs: Float64Array
  /** Boxes at the annotated time with that index, in the ego frame of that time. */
  at(index: number): Box[]
  /** Every category name that occurs, with the first row and the number of rows. */
  readonly categories: readonly CategoryCount[]
  readonly source: string
  /**
   * True when a moving thing's box is where the thing was at the annotated time itself, as simulators and motion capture
   * have it: its points, each met a little later, then lie off the box, and ingest takes them back. Left out where
   * boxes were drawn around the points of a sweep, as people and trackers do: they are where the points are.
   */
  readonly atTheirTime?: boolean
}

export interface CategoryCount {
  name: string
  where: string
  count: number
}

export interface Box {
  trackId: string
  category: string
  /** Length along x, width along y, height along z of the box. */
  sizeM: Vec3
  egoFromBox: Pose
  /** LiDAR points inside as the annotators counted them; null when unknown. */
  interiorPoints: number | null
}

/** Occupancy that the source ships as voxel grids, read one at a time. */
export interface VoxelSource {
  /** Increasing. */
  readonly timesNs: Float64Array
  /** The source's own grid, in the ego frame. */
  readonly grid: Grid
  /** Category names by code; `freeCategory` stands for empty space. */
  readonly categories: readonly string[]
  /** The named masks that each of its grids carries, such as `camera` and `lidar`; empty when it has none. */
  readonly masks: readonly string[]
  read(index: number): Promise<VoxelGrid>
}

/** The category of empty space in every voxel source. */
export const freeCategory = 'free'

/** One grid of a voxel source; one entry a voxel, z fastest. */
export interface VoxelGrid {
  timeNs: number
  /** Codes of `VoxelSource.categories`. */
  categories: Uint8Array | Uint16Array
  /** 1 = known. */
  observed: Uint8Array
  /** 1 = seen by it: one mask for each name in `VoxelSource.masks`. */
  observedBy: Readonly<Record<string, Uint8Array>>
  /** The file it came from, below the log's folder. */
  file: string
  /** That file and its content hash, for the frame's `source`. */
  source: string
}

import {
  Binary,
  type DataType,
  Dictionary,
  Field,
  FixedSizeList,
  Float64,
  Int32,
  Int64,
  Map_,
  Schema,
  Struct,
  Utf8,
} from 'apache-arrow'
import { type Grid, voxelCount } from './grid.js'
import type { Pose, Vec3 } from './pose.js'
import type { DatasetTaxonomy } from './taxonomy.js'

/** Motion of the ego from the previous frame to this one, in the previous frame's ego axes. */
export interface EgoMotion {
  dxM: number
  dyM: number
  dzM: number
  dyawRad: number
  dtS: number
}

/** One occupancy frame, as every reader produces it and every stage reads it. */
export interface Frame {
  logId: string
  siteId: string
  routeId: string
  rigId: string
  calibrationId: string | null
  mapVersion: string | null
  weather: string | null
  timeOfDay: string | null
  frameIndex: number
  /** ns since the Unix epoch. */
  timestampNs: bigint
  cityFromEgo: Pose
  /** Null at a log's start and after a gap. */
  egoMotion: EgoMotion | null
  /** X·Y·Z class indices, z fastest. */
  semantics: Uint8Array
  /** X·Y·Z bits: 1 = a sensor ray or a point touched the voxel. */
  observed: Uint8Array
  /** Masks like `observed`, by the sensor or kind of sensor that saw the voxel; null where they were not kept. */
  observedBy: Readonly<Record<string, Uint8Array>> | null
  lidarPoints: number
  sweeps: number
  /** Annotated things of its time; null where no annotations cover it, which is not the same as none. */
  objectCount: number | null
  /** File and content hash the frame came from. */
  source: string
}

/** An annotated thing at the time of a frame. */
export interface SceneObject {
  /** The same thing keeps its id throughout a log. */
  trackId: string
  /** The source's own word, and the class that it stands for. */
  category: string
  classIndex: number
  /** Its centre and heading: x along its length. */
  egoFromObject: Pose
  /** Length, width, height, metres. */
  sizeM: Vec3
  /** Over the ground, in the axes of the frame's ego, m/s; null for a track that is annotated but once hereabouts. */
  velocityMps: Vec3 | null
  /** LiDAR points inside as the annotators counted them; null when unknown. */
  interiorPoints: number | null
}

/** One log of a dataset: a row of `logs.arrow`. */
export interface LogInfo {
  logId: string
  siteId: string
  routeId: string
  rigId: string
  /** Its rows of `calibrations.arrow`; null, like what follows, where the source does not say. */
  calibrationId: string | null
  mapVersion: string | null
  weather: string | null
  timeOfDay: string | null
  /** Day of the recording, YYYY-MM-DD. */
  date: string | null
  license: string | null
  /** The vocabulary of its category names, whose table gave them classes. */
  vocabulary: string | null
  /** Reader that read it, and whether occupancy came from `lidar` or from `boxes`. */
  format: string
  occupancy: string
  frames: number
  /** Observed voxels of each class, by its name, over the log's frames; null where they were not counted. */
  observedVoxels: Readonly<Record<string, number>> | null
  /** The frames file of the dataset that holds it. */
  file: string
  /** The file of its annotated things; null for a log without annotations. */
  objectsFile: string | null
  sourceHash: string
}

/** One sensor of one calibration: a row of `calibrations.arrow`. */
export interface SensorCalibration {
  calibrationId: string
  rigId: string
  sensorName: string
  egoFromSensor: Pose
}

/**
 * Frames in one record batch, the unit of reading: as many as make about a hundred thousand voxels, four at most. A batch
 * of large grids would be unpacked for a single one of them.
 */
export function framesPerBatch(grid: Grid): number {
  return Math.min(4, Math.max(1, Math.floor(2 ** 17 / voxelCount(grid))))
}

const text = (id: number) => new Dictionary(new Utf8(), new Int32(), id)
const field = (name: string, type: DataType, nullable = false, unit?: string) =>
  new Field(name, type, nullable, unit ? new Map([['unit', unit]]) : undefined)
const doubles = (length: number) => new FixedSizeList(length, field('item', new Float64()))
const poseType = () =>
  new Struct([field('q', doubles(4), false, 'unit quaternion wxyz'), field('t', doubles(3), false, 'm')])

const motionType = () =>
  new Struct([
    field('dx', new Float64(), false, 'm'),
    field('dy', new Float64(), false, 'm'),
    field('dz', new Float64(), false, 'm'),
    field('dyaw', new Float64(), false, 'rad'),
    field('dt', new Float64(), false, 's'),
  ])

const masksType = () =>
  new Map_(
    field('entries', new Struct<never>([field('key', new Utf8()), field('value', new Binary())] as never)) as never,
  )

const countsType = () =>
  new Map_(
    field('entries', new Struct<never>([field('key', new Utf8()), field('value', new Int64())] as never)) as never,
  )

/** The frame columns. Dictionary ids are fixed, so that the same frames give the same bytes. */
export function frameFields(): Field[] {
  return [
    field('log_id', text(1)),
    field('site_id', text(2)),
    field('route_id', text(3)),
    field('rig_id', text(4)),
    field('calibration_id', text(5), true),
    field('map_version', text(6), true),
    field('weather', text(7), true),
    field('time_of_day', text(8), true),
    field('frame_index', new Int32()),
    field('timestamp_ns', new Int64(), false, 'ns since the Unix epoch'),
    field('city_from_ego', poseType()),
    field('ego_motion', motionType(), true),
    field('semantics', new Binary(), false, 'class index a voxel, uint8, z fastest'),
    field('observed', new Binary(), false, 'bit a voxel, least significant first'),
    field('observed_by', masksType(), true, 'by sensor name: bit a voxel, least significant first'),
    field('lidar_points', new Int32()),
    field('sweeps', new Int32()),
    field('objects', new Int32(), true, 'annotated things; null where no annotations cover the frame'),
    field('source', new Utf8()),
  ]
}

/** Schema metadata: what a reader in any language needs to make sense of the columns. */
export function frameSchema(grid: Grid, taxonomy: DatasetTaxonomy, generator: string): Schema {
  return new Schema(
    frameFields(),
    new Map([
      ['grid', JSON.stringify({ ...grid, frame: 'ego: x forward, y left, z up', order: 'C: x, y, z; z fastest' })],
      ['taxonomy', JSON.stringify({ name: taxonomy.name, classes: taxonomy.classes })],
      ['units', 'm, rad, s, ns'],
      ['generator', generator],
    ]),
  )
}

export const logSchema = new Schema([
  field('log_id', new Utf8()),
  field('site_id', new Utf8()),
  field('route_id', new Utf8()),
  field('rig_id', new Utf8()),
  field('calibration_id', new Utf8(), true),
  field('map_version', new Utf8(), true),
  field('weather', new Utf8(), true),
  field('time_of_day', new Utf8(), true),
  field('date', new Utf8(), true),
  field('license', new Utf8(), true),
  field('vocabulary', new Utf8(), true),
  field('format', new Utf8()),
  field('occupancy', new Utf8()),
  field('frames', new Int32()),
  field('observed_voxels', countsType(), true, 'by class name: observed voxels over the frames of the log'),
  field('file', new Utf8()),
  field('objects_file', new Utf8(), true),
  field('source_hash', new Utf8()),
])

export const calibrationSchema = new Schema([
  field('calibration_id', new Utf8()),
  field('rig_id', new Utf8()),
  field('sensor_name', new Utf8()),
  field('ego_from_sensor', poseType()),
])

/** Annotated things, a row a thing and frame: `objects-00000.arrow` beside the frames of the log. */
export const objectSchema = new Schema([
  field('log_id', new Utf8()),
  field('frame_index', new Int32()),
  field('track_id', new Utf8()),
  field('category', new Utf8(), false, "the source's own word"),
  field('class_index', new Int32(), false, "of the dataset's taxonomy"),
  field('ego_from_object', poseType()),
  field('size', doubles(3), false, 'm: length, width, height'),
  field('velocity', doubles(3), true, 'm/s over the ground, in the axes of the ego'),
  field('interior_points', new Int32(), true),
])

/** Latents of the frames, one row a frame in the dataset's order: written by `encode`, read by dynamics and probes. */
export function latentSchema(shape: readonly [number, number, number], metadata: Record<string, string>): Schema {
  const fields = [
    field('log_id', new Utf8()),
    field('frame_index', new Int32()),
    field('timestamp_ns', new Int64(), false, 'ns since the Unix epoch'),
    field('mean', new Binary(), false, 'float32 little endian, h·w·c, c fastest'),
    field('logvar', new Binary(), false, 'float32 little endian, h·w·c, c fastest'),
  ]
  return new Schema(fields, new Map([['shape', JSON.stringify(shape)], ...Object.entries(metadata)]))
}

/** Predicted grids that evaluation keeps for people to look at, beside the truth of the same instant. */
export function predictionSchema(metadata: Record<string, string>): Schema {
  const fields = [
    field('log_id', new Utf8()),
    field('frame_index', new Int32(), false, 'the frame whose occupancy is predicted'),
    field('kind', new Utf8(), false, 'reconstruction | forecast | copy | warp'),
    field('horizon_s', new Float64(), false, 's; 0 for a reconstruction'),
    field('semantics', new Binary(), false, 'class index a voxel, uint8, z fastest'),
  ]
  return new Schema(fields, new Map(Object.entries(metadata)))
}

import { type Data, type Dictionary, makeData, type Schema, Utf8, Vector } from 'apache-arrow'
import { ArrowFileWriter, type WrittenFile } from './arrow/arrowWriter.js'
import { columnOf } from './columns.js'
import { type Grid, maskBytes, voxelCount } from './grid.js'
import type { Pose } from './pose.js'
import { type EgoMotion, type Frame, frameSchema, framesPerBatch } from './schema.js'
import type { DatasetTaxonomy } from './taxonomy.js'

/** The columns that are the same for every frame of a log; each is a dictionary of one value. */
export type LogTags = Pick<
  Frame,
  'logId' | 'siteId' | 'routeId' | 'rigId' | 'calibrationId' | 'mapVersion' | 'weather' | 'timeOfDay'
>
/** What changes from frame to frame. */
export type FrameBody = Omit<Frame, keyof LogTags>

const tagNames = ['logId', 'siteId', 'routeId', 'rigId', 'calibrationId', 'mapVersion', 'weather', 'timeOfDay'] as const

/** Streams one log's frames into one Arrow file, a record batch at a time. */
export class FrameWriter {
  private readonly schema: Schema
  private readonly file: ArrowFileWriter
  private readonly dictionaries: Vector[]
  private waiting: FrameBody[] = []
  private readonly knownTags = new Map<number, Data[]>()
  private readonly perBatch: number

  constructor(
    path: string,
    private readonly grid: Grid,
    taxonomy: DatasetTaxonomy,
    generator: string,
    private readonly tags: LogTags,
  ) {
    this.perBatch = framesPerBatch(grid)
    this.schema = frameSchema(grid, taxonomy, generator)
    this.file = new ArrowFileWriter(path, this.schema, 'zstd')
    this.dictionaries = tagNames.map((name) => {
      const value = tags[name]
      return new Vector([columnOf(new Utf8(), value === null ? [] : [value])])
    })
  }

  /**
   * The frame's arrays are the caller's again when this returns. Throws RangeError when a grid has the wrong size: a bug of
   * the reader, not of the data.
   */
  write(frame: FrameBody): void {
    if (frame.semantics.length !== voxelCount(this.grid) || frame.observed.length !== maskBytes(this.grid))
      throw new RangeError(`frame ${frame.frameIndex}: grid sizes do not fit '${this.grid.name}'`)
    const isLast = this.waiting.length + 1 === this.perBatch
    this.waiting.push(isLast ? frame : copyOf(frame))
    if (isLast) this.flush()
  }

  close(): WrittenFile {
    if (this.waiting.length > 0) this.flush()
    return this.file.close()
  }

  abort(): void {
    this.file.abort()
  }

  private flush(): void {
    const frames = this.waiting
    this.waiting = []
    const tags = this.tagColumns(frames.length)
    const body = bodyRows(frames)
    const rest = this.schema.fields.slice(tagNames.length).map((field, i) => columnOf(field.type, body[i]))
    this.file.writeColumns([...tags, ...rest], frames.length)
  }

  /** The same for all batches of so many frames. */
  private tagColumns(frames: number): Data[] {
    const known = this.knownTags.get(frames)
    if (known) return known
    const columns = tagNames.map((name, i) => this.tagColumn(i, this.tags[name], frames))
    this.knownTags.set(frames, columns)
    return columns
  }

  private tagColumn(index: number, value: string | null, length: number): Data {
    const type = this.schema.fields[index].type as Dictionary
    const isNull = value === null
    return makeData({
      type,
      length,
      nullCount: isNull ? length : 0,
      nullBitmap: isNull ? new Uint8Array(Math.ceil(length / 8)) : undefined,
      data: new Int32Array(length),
      dictionary: this.dictionaries[index],
    } as never)
  }
}

/** The frame with arrays of its own. */
function copyOf(frame: FrameBody): FrameBody {
  const masks = frame.observedBy && Object.entries(frame.observedBy).map(([name, mask]) => [name, mask.slice()])
  const observedBy = masks && Object.fromEntries(masks)
  return { ...frame, semantics: frame.semantics.slice(), observed: frame.observed.slice(), observedBy }
}

/** Column by column, in the schema's order after the tags. */
function bodyRows(frames: FrameBody[]): unknown[][] {
  return [
    frames.map((f) => f.frameIndex),
    frames.map((f) => f.timestampNs),
    frames.map((f) => f.cityFromEgo),
    frames.map((f) => f.egoMotion && motionRow(f.egoMotion)),
    frames.map((f) => f.semantics),
    frames.map((f) => f.observed),
    frames.map((f) => f.observedBy && Object.entries(f.observedBy)),
    frames.map((f) => f.lidarPoints),
    frames.map((f) => f.sweeps),
    frames.map((f) => f.objectCount),
    frames.map((f) => f.source),
  ]
}

function motionRow({ dxM, dyM, dzM, dyawRad, dtS }: EgoMotion): Record<string, number> {
  return { dx: dxM, dy: dyM, dz: dzM, dyaw: dyawRad, dt: dtS }
}

/** The column of each part of a frame, and how its value becomes that part. */
const columns = {
  logId: ['log_id'],
  siteId: ['site_id'],
  routeId: ['route_id'],
  rigId: ['rig_id'],
  calibrationId: ['calibration_id'],
  mapVersion: ['map_version'],
  weather: ['weather'],
  timeOfDay: ['time_of_day'],
  frameIndex: ['frame_index'],
  timestampNs: ['timestamp_ns'],
  cityFromEgo: ['city_from_ego', poseOf],
  egoMotion: ['ego_motion', motionOf],
  semantics: ['semantics'],
  observed: ['observed'],
  observedBy: ['observed_by', masksOf],
  lidarPoints: ['lidar_points'],
  sweeps: ['sweeps'],
  objectCount: ['objects'],
  source: ['source'],
} satisfies Record<keyof Frame, [column: string, of?: (value: never) => unknown]>
const parts = Object.keys(columns) as (keyof Frame)[]

/** The columns of a frames file that hold those parts of its frames. */
export function columnsOf(wanted: readonly (keyof Frame)[]): string[] {
  return wanted.map((part) => columns[part][0])
}

/** A batch of frames, as a record batch or as bare columns. */
interface FrameColumns {
  getChild(name: string): { get(row: number): unknown } | null
}

/** Row `row` of a batch of frames, or those parts of it that are wanted; null for what the batch has no column of. */
export function frameOf(batch: FrameColumns, row: number): Frame
export function frameOf<P extends keyof Frame>(batch: FrameColumns, row: number, wanted: readonly P[]): Pick<Frame, P>
export function frameOf(batch: FrameColumns, row: number, wanted: readonly (keyof Frame)[] = parts): Partial<Frame> {
  const frame: Partial<Record<keyof Frame, unknown>> = {}
  for (const part of wanted) {
    const [name, of]: [string, ((value: never) => unknown)?] = columns[part]
    const value = batch.getChild(name)?.get(row) ?? null
    frame[part] = of ? of(value as never) : value
  }
  return frame as Partial<Frame>
}

function masksOf(row: Iterable<[string, Uint8Array]> | null): Frame['observedBy'] {
  return row && Object.fromEntries(row)
}

/** A pose struct as Arrow gives it. */
export function poseOf(row: { q: Iterable<number>; t: Iterable<number> }): Pose {
  return { q: [...row.q] as unknown as Pose['q'], t: [...row.t] as unknown as Pose['t'] }
}

function motionOf(row: Record<string, number> | null): EgoMotion | null {
  return row && { dxM: row.dx, dyM: row.dy, dzM: row.dz, dyawRad: row.dyaw, dtS: row.dt }
}

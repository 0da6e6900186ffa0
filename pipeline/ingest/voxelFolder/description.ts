import { basename, dirname } from 'node:path'
import { z } from 'zod'
import { type Grid, voxelCount } from '../../grid.js'
import { sensorRotation } from '../checks/extrinsics.js'
import { readJsonAs } from '../files/jsonFile.js'
import { freeCategory, type Sensor } from '../reader.js'

export const axisOrders = ['xyz', 'xzy', 'yxz', 'yzx', 'zxy', 'zyx'] as const

/** What a folder of voxel arrays holds: a file a frame. The `voxels.json` of a folder says the same in JSON. */
export interface VoxelDescription {
  /** In the axes of `frame`. */
  grid: Grid
  /** Folder of the frames' files below the log's; '' is that itself. */
  folder: string
  /** Array with the codes; null where each file is a single array (`.npy` instead of `.npz`). */
  array: string | null
  /**
   * `dense`: an array of the grid's shape. `sparse`: a row a voxel that is not free, three indices first and the code
   * last; what stands between is not read.
   */
  layout: 'dense' | 'sparse'
  /** Order of a dense array's axes, slowest first, or of the indices in a sparse one's rows. */
  axes: (typeof axisOrders)[number]
  /** Class names by code; `free` is empty space. */
  classes: Readonly<Record<string, string>>
  /** Codes of voxels that nobody knows. */
  unknown: readonly number[]
  /** Arrays of masks by the name of who saw the voxels; not 0 is seen. What none has seen is not observed. */
  masks: Readonly<Record<string, string>>
  times: FrameTimes
  /** Where `cityFromEgo` stands: a 4×4 array in each frame's file, or a table below the log's folder. */
  poses: { array: string } | { file: string }
  /** Sensor whose axes the grid is in; null: the ego's. */
  frame: string | null
  sensors: readonly Sensor[]
  vocabulary: string | null
}

/**
 * `rateHz`: files are numbered, and the least step between two numbers is one period; time 0 is number 0. `names`: each
 * file's name is its time, ns since the Unix epoch. `table`: a CSV with the columns `frame` (the file's name without its
 * ending) and `timestamp_ns`.
 */
export type FrameTimes = { rateHz: number } | { names: 'timestamp_ns' } | { table: string }

/** More than any grid in use, and few enough to be held in memory. */
const maxVoxels = 2 ** 27
export const maxCode = 65535
/** Categories are a byte a voxel, and some of its values are marks. */
const maxClasses = 250

const metres = z.tuple([z.number(), z.number(), z.number()])
const cells = z.number().int().positive()
const code = z.number().int().min(0).max(maxCode)
const name = z.string().min(1)
/** Below the log's folder, never out of it. */
const path = z.string().regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))(?!.*\\)/, 'a path below the folder')
const oneOf = (value: object) => Object.keys(value).length === 1

const sensorsJson = z.record(
  name,
  z.strictObject({ q: z.tuple([z.number(), z.number(), z.number(), z.number()]), t: metres }),
)

const voxelsJson = z
  .strictObject({
    grid: z.strictObject({
      name: name.default('source'),
      originM: metres,
      voxelM: z.number().positive(),
      dims: z.tuple([cells, cells, cells]),
    }),
    folder: path.default(''),
    array: name.nullable().default(null),
    layout: z.enum(['dense', 'sparse']).default('dense'),
    axes: z.enum(axisOrders).default('xyz'),
    classes: z.record(z.string().regex(/^\d{1,5}$/, 'a code from 0 to 65535'), name),
    unknown: z.array(code).default([]),
    masks: z.record(name, name).default({}),
    times: z
      .strictObject({ rateHz: z.number().positive(), names: z.literal('timestamp_ns'), table: path })
      .partial()
      .refine(oneOf, 'one of rateHz, names and table'),
    poses: z.strictObject({ array: name, file: path }).partial().refine(oneOf, 'one of array and file'),
    frame: name.nullable().default(null),
    sensors: sensorsJson.default({}),
    vocabulary: name.nullable().default(null),
  })
  .superRefine((said, context) => {
    const issue = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message })
    const isArchive = said.array !== null
    const codes = Object.keys(said.classes)
    if (codes.some((key) => Number(key) > maxCode)) issue('classes', `codes from 0 to ${maxCode}`)
    if (new Set(Object.values(said.classes)).size > maxClasses) issue('classes', `at most ${maxClasses} names`)
    if (voxelCount(said.grid) > maxVoxels) issue('grid', `at most ${maxVoxels} voxels`)
    if (said.layout === 'dense' && !Object.values(said.classes).includes(freeCategory))
      issue('classes', `a dense array needs the code of '${freeCategory}'`)
    if (said.unknown.some((known) => Object.hasOwn(said.classes, known))) issue('unknown', 'a code that is a class')
    if (Object.keys(said.masks).length > 0 && (said.layout === 'sparse' || !isArchive))
      issue('masks', 'masks stand beside a dense array, in an archive')
    if (said.poses.array !== undefined && !isArchive) issue('poses', 'no archive to take an array from: name `array`')
    if (said.frame !== null && !Object.hasOwn(said.sensors, said.frame)) issue('frame', 'no such sensor in `sensors`')
  })

/** Reads a `voxels.json`. Throws DataError that names the key. */
export async function readVoxelsJson(file: string): Promise<VoxelDescription> {
  const { sensors, times, poses, ...said } = await readJsonAs(file, voxelsJson, 'not a description of voxels')
  // Each has exactly one key.
  return {
    ...said,
    times: times as FrameTimes,
    poses: poses as VoxelDescription['poses'],
    sensors: listed(sensors, file, 'sensors.'),
  }
}

/** Reads a `sensors.json`: by sensor name, `q` (w x y z) and `t` (m) of the ego from the sensor. Throws DataError. */
export async function readSensorsJson(file: string): Promise<Sensor[]> {
  return listed(await readJsonAs(file, sensorsJson, 'not a description of sensors'), file, '')
}

/** `key` is what leads to the sensors in the file. Throws FindingError for a mounting that is no rotation. */
function listed(sensors: z.infer<typeof sensorsJson>, path: string, key: string): Sensor[] {
  const [dir, file] = [dirname(path), basename(path)]
  return Object.entries(sensors).map(([sensorName, { q, t }]) => {
    const rotation = sensorRotation(q, { dir, file, place: `${key}${sensorName}.q` })
    return { sensorName, egoFromSensor: { q: rotation, t } }
  })
}

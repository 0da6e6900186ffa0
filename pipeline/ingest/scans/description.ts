import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { DataError } from '../../errors.js'
import { identity, type Quaternion } from '../../pose.js'
import { sensorRotation } from '../checks/extrinsics.js'
import { readJson } from '../files/jsonFile.js'
import type { Sensor } from '../reader.js'

export const descriptionFileName = 'scans.json'

const text = z.string().min(1)
/** A file or folder below the log's own, whose content is hashed with it. */
const below = z.string().refine((path) => !isAbsolute(path) && !path.split(/[\\/]/).includes('..'), 'not below the log')
/** `_` is what nobody asks for, as often as there is some. */
const columns = z
  .array(text)
  .min(3)
  .max(64)
  .refine((names) => names.every((name, i) => name === '_' || names.indexOf(name) === i), 'a name that occurs twice')
const lidar = z.strictObject({
  name: text,
  folder: below.default(''),
  ego_from_sensor: z.strictObject({
    t: z.tuple([z.number(), z.number(), z.number()]),
    q: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  }),
  columns: columns.optional(),
})

const schema = z.strictObject({
  poses: below.optional(),
  pose_of: text.default('ego'),
  lidars: z.array(lidar).min(1).max(255).optional(),
  points_in: z.enum(['sensor', 'ego', 'city']).default('sensor'),
  motion_compensated: z.boolean().default(false),
  merge_within_s: z.number().min(0).max(1).default(0),
  columns: columns.optional(),
  point_time: z
    .strictObject({ field: text, unit: z.enum(['s', 'ms', 'us', 'ns']), from: z.enum(['scan', 'clock', 'earliest']) })
    .nullish(),
  viewpoint: z.enum(['apply', 'ignore']).optional(),
  labels: z
    .strictObject({
      field: text.optional(),
      vocabulary: text.optional(),
      names: z.record(z.string().regex(/^\d{1,10}$/), text),
    })
    .optional(),
})

type Parsed = z.infer<typeof schema>

/** When a point was taken: a field, its unit, and whether it counts from the scan's time, on the poses' clock, or from what the earliest point has. */
export type PointTime = NonNullable<Parsed['point_time']>

/** What the user says of a folder of scans; `docs/formats.md` explains each key. */
export interface Description extends Omit<Parsed, 'lidars' | 'columns'> {
  /** Null where scans are to be looked for. */
  lidars: readonly DescribedLidar[] | null
  columns: readonly string[] | null
}

export interface DescribedLidar {
  sensor: Sensor
  folder: string
  columns: readonly string[] | null
}

/** The one LiDAR of a log that says nothing of it: it is where the ego is. */
export const plainLidar: Sensor = { sensorName: 'lidar', egoFromSensor: identity }

/** What `scans.json` says, with what it leaves open. Throws DataError that names the key; an unknown one is an error. */
export async function readDescription(dir: string): Promise<Description> {
  const file = join(dir, descriptionFileName)
  const parsed = schema.safeParse(existsSync(file) ? await readJson(file) : {})
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const expected = `keys ${Object.keys(schema.shape).join(', ')}`
    throw new DataError('not a description of scans', {
      file,
      place: issue.path.join('.'),
      expected: issue.code === 'unrecognized_keys' && issue.path.length === 0 ? expected : undefined,
      actual: issue.message,
    })
  }
  const { data } = parsed
  const lidars = data.lidars?.map((said, i) => describedLidar(said, dir, `lidars.${i}.ego_from_sensor.q`)) ?? null
  checkNames(data, file)
  return { ...data, lidars, columns: data.columns ?? null }
}

function describedLidar(said: z.infer<typeof lidar>, dir: string, place: string): DescribedLidar {
  const { t, q: stated } = said.ego_from_sensor
  const q: Quaternion = sensorRotation(stated, { dir, file: descriptionFileName, place })
  const folder = said.folder.split('/').filter((part) => part !== '' && part !== '.')
  return {
    sensor: { sensorName: said.name, egoFromSensor: { q, t } },
    folder: folder.join('/'),
    columns: said.columns ?? null,
  }
}

function checkNames({ lidars, pose_of, labels }: Parsed, file: string): void {
  const wrong = (place: string, expected: string, actual: string) =>
    new DataError('not a description of scans', { file, place, expected, actual })
  const names = lidars?.map(({ name }) => name) ?? [plainLidar.sensorName]
  if (new Set(names).size < names.length) throw wrong('lidars', 'a name of its own for each', names.join(', '))
  if (pose_of !== 'ego' && !names.includes(pose_of)) throw wrong('pose_of', `ego | ${names.join(' | ')}`, pose_of)
  const count = labels ? Object.keys(labels.names).length : 1
  if (count < 1 || count > 255) throw wrong('labels.names', '1 to 255 names by code', `${count}`)
}

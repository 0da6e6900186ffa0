import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { readJsonAs } from '../files/jsonFile.js'
import { type LogFile, logFileName, readLogFile } from '../logFile.js'
import { askedUnits } from './pointTimes.js'
import { frame } from './values.js'

const name = z.string().min(1)
/** Without the leading slash, as the messages' are. */
const frameName = frame.pipe(name)
const numbers = (length: number) => z.array(z.number()).length(length)

/** Keys of `log.json` that say how to read a bag, beside those that say who and where. */
const bagKeys = z.object({
  topics: z
    .strictObject({ lidar: z.array(name).min(1).optional(), odometry: name.optional(), boxes: name.nullish() })
    .default({}),
  frames: z
    .strictObject({ ego: frameName.default('base_link'), city: frameName.optional() })
    .default({ ego: 'base_link' }),
  /** Mountings that the bag itself does not hold. */
  transforms: z
    .array(
      z.strictObject({ parent: frameName, child: frameName, translation_m: numbers(3), rotation_wxyz: numbers(4) }),
    )
    .default([]),
  /** By topic: the frame of the LiDAR that its clouds were seen from, where they are in another one. */
  seen_from: z.record(name, frameName).default({}),
  /** The field of the points' times, where several look like it. */
  point_time_field: name.nullable().default(null),
  /** The unit of the points' times, where it cannot be told; `none`: they are not to be used. */
  point_times: z.enum(askedUnits).nullable().default(null),
  /** The driver has taken the motion of the ego out of the clouds already. */
  motion_compensated: z.boolean().default(false),
})

/** What is said of a bag beside it. */
export type Description = z.infer<typeof bagKeys> & { log: LogFile | null }

/** Throws DataError that names the key. */
export async function readDescription(dir: string): Promise<Description> {
  const log = await readLogFile(dir)
  const file = join(dir, logFileName)
  const keys = existsSync(file) ? await readJsonAs(file, bagKeys, 'not a description of a bag') : bagKeys.parse({})
  return { ...keys, log }
}

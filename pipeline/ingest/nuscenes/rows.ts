import { z } from 'zod'

/** Rows of the nuScenes tables (https://www.nuscenes.org/nuscenes#data-format), as far as they are read. */

const token = z.string().min(1)
const vector = z.array(z.number()).length(3)
/** Order w x y z. */
const rotation = z.array(z.number()).length(4)
/** µs since the Unix epoch: exact in a float64 until the year 2255. */
const timestamp = z.number().int()

export const sceneRow = z.object({
  token,
  name: z.string().min(1),
  log_token: token,
  description: z.string().nullish(),
})
export type SceneRow = z.infer<typeof sceneRow>

export const logRow = z.object({
  token,
  logfile: z.string(),
  vehicle: z.string(),
  date_captured: z.string(),
  location: z.string(),
})
export type LogRow = z.infer<typeof logRow>

export const mapRow = z.object({ log_tokens: z.array(token), filename: z.string().nullish() })
export const sampleRow = z.object({ token, timestamp, scene_token: token })
export const sensorRow = z.object({ token, channel: z.string().min(1) })
export const calibrationRow = z.object({ token, sensor_token: token, translation: vector, rotation })
export const instanceRow = z.object({ token, category_token: token })
export const categoryRow = z.object({ token, name: z.string().min(1), index: z.number().int().min(0).nullish() })

/** What tells the scene of a row, in the tables that are too large to keep. */
export const sampleDataKeys = z.object({
  sample_token: token,
  ego_pose_token: token,
  calibrated_sensor_token: token,
})

/** One file of one sensor; of the LiDAR, one turn. */
export const sampleDataRow = sampleDataKeys.extend({ token, timestamp, filename: z.string().min(1) })
export type SampleDataRow = z.infer<typeof sampleDataRow>

/** `cityFromEgo`, metres in the frame of the location's map. */
export const poseRow = z.object({ token, timestamp, translation: vector, rotation })
export type PoseRow = z.infer<typeof poseRow>

/** A box in the frame of the map. `size` is width, length, height. */
export const annotationRow = z.object({
  token,
  sample_token: token,
  instance_token: token,
  translation: vector,
  size: vector,
  rotation,
  num_lidar_pts: z.number().int().nullish(),
})
export type AnnotationRow = z.infer<typeof annotationRow>

/** Of `lidarseg.json`: the file with one label a point of one turn. */
export const lidarsegRow = z.object({ sample_data_token: token, filename: z.string().min(1) })

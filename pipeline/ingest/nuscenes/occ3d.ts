import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { DataError } from '../../errors.js'
import { readJsonAs } from '../files/jsonFile.js'
import { headOf, logFileName, readLogFile } from '../logFile.js'
import { PoseTrack } from '../poseTrack.js'
import type { Reader } from '../reader.js'
import { license, versionsIn } from './reader.js'
import type { Sample } from './scenes.js'
import { nsOf } from './time.js'
import { Occ3dVoxels, voxelFile } from './voxels.js'

const annotationFile = 'annotations.json'
const folder = 'gts'

const frame = z.object({
  /** µs since the Unix epoch, as nuScenes has them. */
  timestamp: z.union([z.string(), z.number()]).transform(String),
  /** `cityFromEgo`; the rotation in the order w x y z. */
  ego_pose: z.object({
    translation: z.array(z.number()).length(3),
    rotation: z.array(z.number()).length(4),
  }),
})
const annotations = z.object({ scene_infos: z.record(z.string(), z.record(z.string(), frame)) })

interface Frame extends Sample {
  q: readonly number[]
  t: readonly number[]
}

/** Frames of each scene in the order of time. */
type Scenes = ReadonlyMap<string, readonly Frame[]>

/**
 * Occ3D-nuScenes without nuScenes (Tian et al. 2023, https://arxiv.org/abs/2304.14365): `annotations.json` with the
 * poses, and `gts`. Each scene whose folder is there is a log. Rig, site and route are nuScenes' to say: here the user
 * says them. Beside nuScenes' own tables, `nuscenes` reads the voxels together with all the rest.
 */
export const occ3d: Reader = {
  recognises: async (dir) =>
    existsSync(join(dir, annotationFile)) && existsSync(join(dir, folder)) && versionsIn(dir).length === 0,

  async logs(dir) {
    const scenes = await scenesOf(join(dir, annotationFile))
    const there = [...scenes].filter(([scene]) => existsSync(join(dir, folder, scene)))
    return there.map(([scene, frames]) => {
      const grids = frames.map(({ token }) => voxelFile(folder, scene, token))
      const files = [annotationFile, logFileName, ...grids].filter((file) => existsSync(join(dir, file))).sort()
      return { logId: scene, dir, files, part: scene }
    })
  },

  async open(source, fill, skips) {
    const { dir, logId, part = '' } = source
    const log = await readLogFile(dir)
    const head = headOf(dir, { logId, vocabulary: 'nuscenes', license: log?.license ?? license }, log, fill)
    const file = join(dir, annotationFile)
    const frames = (await scenesOf(file)).get(part) ?? []
    const column = (of: (frame: Frame) => number) => Float64Array.from(frames, of)
    const poses = new PoseTrack({
      file,
      timestampNs: BigInt64Array.from(frames, ({ timestampUs }) => nsOf(timestampUs)),
      q: [0, 1, 2, 3].map((i) => column(({ q }) => q[i])),
      t: [0, 1, 2].map((i) => column(({ t }) => t[i])),
    })
    const voxels = Occ3dVoxels.open(source, part, frames, poses, skips)
    return { dir, head, poses, sensors: [], sweeps: null, boxes: null, voxels, map: null }
  },
}

const cached = new Map<string, { stamp: string; scenes: Promise<Scenes> }>()

/** Read once a thread as long as the file stays as it is: all scenes share it. */
async function scenesOf(file: string): Promise<Scenes> {
  const facts = statSync(file, { throwIfNoEntry: false })
  const stamp = facts ? `${facts.size} ${facts.mtimeMs}` : 'no file'
  const known = cached.get(file)
  if (known?.stamp === stamp) return known.scenes
  const scenes = readScenes(file)
  cached.set(file, { stamp, scenes })
  scenes.catch(() => cached.delete(file))
  return scenes
}

/** Throws DataError that names the key. */
async function readScenes(file: string): Promise<Scenes> {
  const { scene_infos } = await readJsonAs(file, annotations, 'not the annotations of Occ3D')
  return new Map(
    Object.entries(scene_infos).map(([scene, infos]) => {
      const frames = Object.entries(infos).map(([token, { timestamp, ego_pose: pose }]): Frame => {
        const timestampUs = microseconds(timestamp, file, `scene_infos.${scene}.${token}.timestamp`)
        return { token, timestampUs, q: pose.rotation, t: pose.translation }
      })
      return [scene, frames.sort((a, b) => a.timestampUs - b.timestampUs)]
    }),
  )
}

function microseconds(timestamp: string, file: string, place: string): number {
  if (/^\d{16}$/.test(timestamp)) return Number(timestamp)
  throw new DataError('not a time', { file, place, expected: 'µs since the epoch, 16 digits', actual: timestamp })
}

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { headOf, logFileName, readLogFile } from '../logFile.js'
import type { Reader } from '../reader.js'
import type { VoxelDescription } from './description.js'
import { frameNames, framesAmong, timedFrames } from './frameFiles.js'
import { framePoses } from './framePoses.js'
import { VoxelFolder } from './voxelFolder.js'

/** How a layout of voxel folders becomes a reader. */
export interface VoxelLayout {
  recognises(dir: string): Promise<boolean>
  /** Throws DataError when the folder lacks what the description needs. */
  describe(dir: string): Promise<VoxelDescription>
  /** The log's name where no `log.json` gives one. */
  logIdOf(dir: string): string
  /** Files beside the frames whose bytes decide what the log says. */
  besides: readonly string[]
}

/** Reads folders that hold one log each, an array file a frame. */
export function folderReader({ recognises, describe, logIdOf, besides }: VoxelLayout): Reader {
  return {
    recognises,

    async logs(dir) {
      const description = await describe(dir)
      const { times, poses } = description
      const named = ['table' in times ? times.table : [], 'file' in poses ? poses.file : []].flat()
      const beside = [...new Set([logFileName, ...besides, ...named])].filter((file) => existsSync(join(dir, file)))
      const files = [...beside, ...(await frameNames(dir, description))].sort()
      const logId = (await readLogFile(dir))?.log_id ?? logIdOf(dir)
      // A rate may come from a folder's name, which no file's hash holds: what the log says hangs on it all the same.
      return [{ logId, dir, files, ...('rateHz' in times && { part: `${times.rateHz} Hz` }) }]
    },

    async open(source, fill, skips) {
      const { dir, logId } = source
      const description = await describe(dir)
      const { vocabulary, sensors } = description
      const head = headOf(dir, { logId, vocabulary }, await readLogFile(dir), fill)
      const frames = await timedFrames(dir, framesAmong(source.files, description), description.times)
      const poses = await framePoses(dir, frames, description)
      const voxels = new VoxelFolder(source, description, frames, poses, skips)
      return { dir, head, poses, sensors, sweeps: null, boxes: null, voxels, map: null }
    },
  }
}

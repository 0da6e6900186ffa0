import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Reader } from '../reader.js'
import { readVoxelsJson } from './description.js'
import { folderReader } from './folderReader.js'

export const voxelsFileName = 'voxels.json'

/** Any folder of voxel arrays that a `voxels.json` describes; its keys are in `description.ts` and `docs/formats.md`. */
export const voxels: Reader = folderReader({
  recognises: async (dir) => existsSync(join(dir, voxelsFileName)),
  describe: (dir) => readVoxelsJson(join(dir, voxelsFileName)),
  logIdOf: (dir) => basename(dir),
  besides: [voxelsFileName],
})

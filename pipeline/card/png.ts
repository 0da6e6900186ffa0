import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { PNG } from 'pngjs'
import { asDiskError, makeFolder } from '../diskError.js'
import { UsageError } from '../errors.js'
import { writeAtomically } from '../stage.js'
import type { Raster } from './raster.js'

/**
 * Writes a picture, and the folders above it that are not there; the file appears whole or not at all. Throws UsageError where
 * a folder has its name, or a file that of a folder above; DiskError where the disk refuses.
 */
export async function writePng(
  path: string,
  { width, height, rgba }: Pick<Raster, 'width' | 'height' | 'rgba'>,
): Promise<void> {
  const png = new PNG({ width, height, colorType: 2 })
  png.data = Buffer.from(rgba.buffer, rgba.byteOffset, rgba.byteLength)
  await makeFolder(dirname(path))
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError('a folder has the name of the picture', { file: path, expected: 'the name of a PNG file' })
  await writeAtomically(path, PNG.sync.write(png, { colorType: 2, deflateLevel: 9 })).catch((error) => {
    throw asDiskError(error, path)
  })
}

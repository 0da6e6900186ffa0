import { PNG } from 'pngjs'
import { writeAtomically } from '../stage.js'
import type { Raster } from './raster.js'

/** Writes a picture; the file appears whole or not at all. */
export async function writePng(path: string, { width, height, rgba }: Raster): Promise<void> {
  const png = new PNG({ width, height, colorType: 2 })
  png.data = Buffer.from(rgba.buffer, rgba.byteOffset, rgba.byteLength)
  await writeAtomically(path, PNG.sync.write(png, { colorType: 2, deflateLevel: 9 }))
}

import { join } from 'node:path'
import { z } from 'zod'
import { DataError } from '../../errors.js'
import { readJsonAs } from '../files/jsonFile.js'
import { readNpy } from '../files/npy.js'
import { GroundMap, type HeightRaster } from '../groundMap.js'

const vertex = z.object({ x: z.number(), y: z.number(), z: z.number() })
const archive = z.object({ drivable_areas: z.record(z.string(), z.object({ area_boundary: z.array(vertex).min(3) })) })
/** City to raster: `scale · (R · city + t)`, metres to cells. */
const sim2 = z.object({ R: z.array(z.number()).length(4), t: z.array(z.number()).length(2), s: z.number() })

/** Names of the map's files below a log's folder. */
export interface MapFiles {
  archive: string | null
  heights: string | null
  transform: string | null
}

export function mapFilesOf(files: readonly string[]): MapFiles {
  const find = (pattern: RegExp) => files.find((file) => pattern.test(file)) ?? null
  return {
    archive: find(/^map\/log_map_archive_.*\.json$/),
    heights: find(/^map\/.*ground_height_surface.*\.npy$/),
    transform: find(/^map\/.*img_Sim2_city\.json$/),
  }
}

/** Drivable areas and, where the log has its raster, ground heights. Null without an archive. Throws DataError. */
export async function readMap(dir: string, files: MapFiles): Promise<GroundMap | null> {
  if (!files.archive) return null
  const file = join(dir, files.archive)
  const { drivable_areas } = await readJsonAs(file, archive, 'not a map')
  const rings = Object.values(drivable_areas).map(({ area_boundary }) =>
    Float64Array.from(area_boundary.flatMap(({ x, y, z: height }) => [x, y, height])),
  )
  const raster =
    files.heights && files.transform ? await readRaster(join(dir, files.heights), join(dir, files.transform)) : null
  return new GroundMap(files.archive, rings, raster)
}

async function readRaster(heightFile: string, transformFile: string): Promise<HeightRaster> {
  const { R, t, s } = await readJsonAs(transformFile, sim2, 'not a map')
  const { shape, data } = await readNpy(heightFile)
  if (shape.length !== 2 || !(data instanceof Float32Array || data instanceof Float64Array))
    throw new DataError('not a raster of heights', {
      file: heightFile,
      place: 'header',
      expected: 'two dimensions of floats',
      actual: `(${shape.join(', ')}) of ${data.constructor.name}`,
    })
  const [rows, columns] = shape
  return {
    rows,
    columns,
    heightM: data instanceof Float32Array ? data : Float32Array.from(data),
    cellOf: (x, y) => [Math.floor(s * (R[0] * x + R[1] * y + t[0])), Math.floor(s * (R[2] * x + R[3] * y + t[1]))],
  }
}

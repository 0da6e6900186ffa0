import { type Data, type DataType, Field, Float16, Int32, makeData, Schema, Uint8 } from 'apache-arrow'
import { writeArrowFile } from '../arrow/arrowWriter.js'
import { batchOf } from '../arrow/batchOf.js'
import { categories, semanticNamesKey } from './categories.js'
import type { PointBuffer } from './pointBuffer.js'

/**
 * Columns of a sweep, as in Argoverse 2 (x, y, z in metres, ego frame at the sweep's timestamp; `offset_ns` since it),
 * and `semantic`: index into the JSON list that the schema's metadata holds under `semantic_names`.
 */
export const sweepSchema = new Schema(
  [
    field('x', new Float16()),
    field('y', new Float16()),
    field('z', new Float16()),
    field('intensity', new Uint8()),
    field('laser_number', new Uint8()),
    field('offset_ns', new Int32()),
    field('semantic', new Uint8()),
  ],
  new Map([[semanticNamesKey, JSON.stringify(categories)]]),
)

function field(name: string, type: DataType): Field {
  return new Field(name, type, false)
}

/** Writes a sweep's points as one feather file. */
export function writeSweep(path: string, points: PointBuffer): void {
  const { count } = points
  const columns = [points.x, points.y, points.z, points.intensity, points.laser, points.offsetNs, points.semantic]
  const data = columns.map((column, i): Data => {
    const type = sweepSchema.fields[i].type
    return makeData({ type, length: count, nullCount: 0, data: column.subarray(0, count) } as never)
  })
  writeArrowFile(path, sweepSchema, [batchOf(sweepSchema, data, count)], 'lz4')
}

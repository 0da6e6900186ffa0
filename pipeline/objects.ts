import { readArrowTable } from './arrow/arrowTable.js'
import { ArrowFileWriter } from './arrow/arrowWriter.js'
import { batchFromRows } from './columns.js'
import { poseOf } from './frames.js'
import type { Vec3 } from './pose.js'
import { objectSchema, type SceneObject } from './schema.js'

/** Rows of one record batch: an annotated frame has a hundred things at most, mostly. */
const rowsPerBatch = 4096

/** Streams the annotated things of one log into one Arrow file, a row a thing and frame. */
export class ObjectWriter {
  private readonly file: ArrowFileWriter
  private waiting: Record<string, unknown>[] = []

  constructor(
    path: string,
    private readonly logId: string,
  ) {
    this.file = new ArrowFileWriter(path, objectSchema, 'zstd')
  }

  write(frameIndex: number, objects: readonly SceneObject[]): void {
    for (const object of objects) this.waiting.push(rowOf(this.logId, frameIndex, object))
    if (this.waiting.length >= rowsPerBatch) this.flush()
  }

  close(): void {
    this.flush()
    this.file.close()
  }

  abort(): void {
    this.file.abort()
  }

  private flush(): void {
    if (this.waiting.length > 0) this.file.write(batchFromRows(objectSchema, this.waiting))
    this.waiting = []
  }
}

function rowOf(logId: string, frameIndex: number, object: SceneObject): Record<string, unknown> {
  return {
    log_id: logId,
    frame_index: frameIndex,
    track_id: object.trackId,
    category: object.category,
    class_index: object.classIndex,
    ego_from_object: object.egoFromObject,
    size: object.sizeM,
    velocity: object.velocityMps,
    interior_points: object.interiorPoints,
  }
}

/** The things of each annotated frame of a log, by frame index. Throws DataError when the file is missing or damaged. */
export async function readObjects(path: string): Promise<Map<number, SceneObject[]>> {
  const found = new Map<number, SceneObject[]>()
  for (const row of await readArrowTable(path)) {
    const objects = found.get(row.frame_index) ?? []
    found.set(row.frame_index, objects)
    objects.push({
      trackId: row.track_id,
      category: row.category,
      classIndex: row.class_index,
      egoFromObject: poseOf(row.ego_from_object),
      sizeM: [...row.size] as unknown as Vec3,
      velocityMps: row.velocity && ([...row.velocity] as unknown as Vec3),
      interiorPoints: row.interior_points,
    })
  }
  return found
}

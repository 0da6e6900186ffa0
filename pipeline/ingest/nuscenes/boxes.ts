import { join } from 'node:path'
import { DataError } from '../../errors.js'
import { compose, invert, normalise } from '../../pose.js'
import type { PoseTrack } from '../poseTrack.js'
import { type Box, type BoxSource, type CategoryCount, type HashedLog, sourceOf } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'
import type { AnnotationRow } from './rows.js'
import type { Scene } from './scenes.js'
import type { Tables } from './tables.js'
import { nsOf } from './time.js'

/** The annotations of a scene: boxes at its keyframes, two a second, about 1,400 of them. */
export class Boxes implements BoxSource {
  readonly categories: readonly CategoryCount[]

  private constructor(
    readonly timesNs: Float64Array,
    private readonly boxes: readonly (readonly Box[])[],
    counts: ReadonlyMap<string, CategoryCount>,
    readonly source: string,
  ) {
    this.categories = [...counts.values()]
  }

  /**
   * Null for a scene that nobody annotated, as those of the test set. Rows that are no boxes, and those of keyframes without
   * a pose, are dropped and counted.
   * Throws DataError for a row of an unknown instance.
   */
  static async open(
    log: HashedLog,
    table: string,
    tables: Tables,
    scene: Scene,
    poses: PoseTrack,
    skips: SkipCounter,
  ): Promise<Boxes | null> {
    const rows = await tables.annotations(scene)
    if (rows.length === 0) return null
    const keyframes = scene.samples.map(({ token, timestampUs }) => ({
      token,
      timeNs: poses.timeNs(nsOf(timestampUs)),
    }))
    const placed = keyframes.filter(({ timeNs }) => poses.faultAt(timeNs) === null)
    const timesNs = Float64Array.from(placed, ({ timeNs }) => timeNs)
    const egoFromMap = placed.map(({ timeNs }) => invert(poses.at(timeNs)))
    const indexOf = new Map(placed.map(({ token }, index) => [token, index]))
    const boxes: Box[][] = placed.map(() => [])
    const counts = new Map<string, CategoryCount>()
    for (const row of rows) {
      const where = `${table}, token ${row.token}`
      if (!isBox(row)) {
        skips.add('box', 'without volume, or without a unit quaternion', where)
        continue
      }
      const name = tables.categoryOf.get(row.instance_token)
      if (name === undefined)
        throw new DataError('a box of an instance that has no row', { file: join(log.dir, table), place: row.token })
      const index = indexOf.get(row.sample_token)
      if (index === undefined) {
        skips.add('box', 'its keyframe has no pose', where)
        continue
      }
      boxes[index].push(boxOf(row, name, egoFromMap[index]))
      const known = counts.get(name)
      if (known) known.count++
      else counts.set(name, { name, where, count: 1 })
    }
    return new Boxes(timesNs, boxes, counts, sourceOf(log, table))
  }

  at(index: number): Box[] {
    return [...this.boxes[index]]
  }
}

function isBox({ size, rotation }: AnnotationRow): boolean {
  return size.every((metres) => metres > 0) && Math.abs(Math.hypot(...rotation) - 1) < 0.01
}

function boxOf(row: AnnotationRow, category: string, egoFromMap: Box['egoFromBox']): Box {
  const [width, length, height] = row.size
  const [w, x, y, z] = row.rotation
  const [tx, ty, tz] = row.translation
  const points = row.num_lidar_pts ?? -1
  return {
    trackId: row.instance_token,
    category,
    sizeM: [length, width, height],
    egoFromBox: compose(egoFromMap, { q: normalise([w, x, y, z]), t: [tx, ty, tz] }),
    interiorPoints: points < 0 ? null : points,
  }
}

import { relative } from 'node:path'
import { normalise } from '../../pose.js'
import { Feather } from '../files/feather.js'
import type { PoseTrack } from '../poseTrack.js'
import type { Box, BoxSource, CategoryCount } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'

const numbers = ['length_m', 'width_m', 'height_m', 'qw', 'qx', 'qy', 'qz', 'tx_m', 'ty_m', 'tz_m'] as const

/** `annotations.feather`: one row a box and annotated time. The file's columns stay in memory, about 150 bytes a box. */
export class Annotations implements BoxSource {
  readonly timesNs: Float64Array
  readonly categories: readonly CategoryCount[]
  /** Good rows, in the order of time; those of `timesNs[i]` are `rows[starts[i]]` up to `rows[starts[i + 1]]`. */
  private readonly rows: number[]
  private readonly starts: number[] = []

  private constructor(
    private readonly columns: Record<(typeof numbers)[number], Float64Array>,
    private readonly tracks: readonly string[],
    private readonly names: readonly string[],
    private readonly interiorPoints: Float64Array | null,
    rowTimesNs: Float64Array,
    file: string,
    skips: SkipCounter,
    readonly source: string,
    readonly atTheirTime: boolean,
  ) {
    this.rows = names.flatMap((_, row) => (this.isBox(row, file, skips) ? [row] : []))
    this.rows.sort((a, b) => rowTimesNs[a] - rowTimesNs[b] || a - b)
    const times: number[] = []
    this.rows.forEach((row, i) => {
      if (rowTimesNs[row] === times.at(-1)) return
      times.push(rowTimesNs[row])
      this.starts.push(i)
    })
    this.starts.push(this.rows.length)
    this.timesNs = Float64Array.from(times)
    this.categories = countCategories(names, file)
  }

  /** Throws DataError when the file is damaged or lacks a column; rows that are no boxes are dropped and counted. */
  static async read(
    path: string,
    dir: string,
    source: string,
    poses: PoseTrack,
    skips: SkipCounter,
    atTheirTime: boolean,
  ) {
    const table = await Feather.read(path)
    const columns = Object.fromEntries(numbers.map((name) => [name, table.numbersIfAny(name)]))
    return new Annotations(
      columns as Record<(typeof numbers)[number], Float64Array>,
      table.text('track_uuid'),
      table.text('category'),
      table.has('num_interior_pts') ? table.numbersIfAny('num_interior_pts') : null,
      Float64Array.from(table.int64('timestamp_ns'), (ns) => poses.timeNs(ns)),
      relative(dir, path),
      skips,
      source,
      atTheirTime,
    )
  }

  at(index: number): Box[] {
    return this.rows.slice(this.starts[index], this.starts[index + 1]).map((row) => this.box(row))
  }

  private box(row: number): Box {
    const c = this.columns
    const points = this.interiorPoints?.[row] ?? -1
    return {
      trackId: this.tracks[row],
      category: this.names[row],
      sizeM: [c.length_m[row], c.width_m[row], c.height_m[row]],
      egoFromBox: {
        q: normalise([c.qw[row], c.qx[row], c.qy[row], c.qz[row]]),
        t: [c.tx_m[row], c.ty_m[row], c.tz_m[row]],
      },
      // Some write −1 for what they did not count.
      interiorPoints: points >= 0 ? points : null,
    }
  }

  private isBox(row: number, file: string, skips: SkipCounter): boolean {
    const c = this.columns
    const finite = numbers.every((name) => Number.isFinite(c[name][row]))
    const solid = c.length_m[row] > 0 && c.width_m[row] > 0 && c.height_m[row] > 0
    const turned = Math.abs(Math.hypot(c.qw[row], c.qx[row], c.qy[row], c.qz[row]) - 1) < 0.01
    if (finite && solid && turned) return true
    skips.add('box', 'not finite, without volume, or without a unit quaternion', `${file}, row ${row}`)
    return false
  }
}

function countCategories(names: readonly string[], file: string): CategoryCount[] {
  const counts = new Map<string, CategoryCount>()
  names.forEach((name, row) => {
    const known = counts.get(name)
    if (known) known.count++
    else counts.set(name, { name, where: `${file}, row ${row}`, count: 1 })
  })
  return [...counts.values()]
}

import { basename, dirname } from 'node:path'
import { DataError } from '../../errors.js'
import type { Pose, Vec3 } from '../../pose.js'
import { maxMountM } from '../checks/extrinsics.js'
import { FindingError } from '../checks/findingError.js'
import { numberOf, readTextRows } from '../files/textRows.js'
import { quaternionFromMatrix } from '../rotation.js'

/** A KITTI calibration file: one `KEY: value value …` a line. Values are read when they are asked for. */
export class CalibrationFile {
  private constructor(
    private readonly file: string,
    private readonly rows: ReadonlyMap<string, { line: number; words: string[] }>,
  ) {}

  /** Throws DataError when it cannot be read. */
  static async read(file: string): Promise<CalibrationFile> {
    const rows = (await readTextRows(file)).map(({ line, text }) => {
      const [key, ...rest] = text.split(':')
      return [key.trim(), { line, words: rest.join(':').split(/\s+/).filter(Boolean) }] as const
    })
    return new CalibrationFile(file, new Map(rows))
  }

  /** The transform in the 3×4 matrix of a row, row by row, metres. Throws DataError that names the row. */
  matrix(key: string): Pose {
    const m = this.numbers(key, 12)
    return this.pose(key, [m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]], [m[3], m[7], m[11]])
  }

  /** The transform in the rows `R` (3×3, row by row) and `T` (metres). Throws DataError that names the row. */
  rotationAndTranslation(): Pose {
    return this.pose('R', this.numbers('R', 9), this.numbers('T', 3))
  }

  private pose(key: string, rotation: readonly number[], [x, y, z]: readonly number[]): Pose {
    const t: Vec3 = [x, y, z]
    const q = quaternionFromMatrix(rotation)
    if (!q) throw this.unfit(key, 'a rotation: an orthonormal 3×3 part with determinant 1', rotation.join(' '))
    if (Math.hypot(...t) <= maxMountM) return { q, t }
    throw this.unfit(key, `sensors within ${maxMountM} m of each other`, `[${t.join(', ')}] m`)
  }

  private unfit(key: string, expected: string, actual: string): FindingError {
    const at = { file: basename(this.file), place: `row '${key}'` }
    return new FindingError(
      { check: 'extrinsics', ...at, expected, actual, count: 1, effect: 'log' },
      dirname(this.file),
    )
  }

  private numbers(key: string, count: number): number[] {
    const place = `row '${key}'`
    const expected = `${count} numbers after '${key}:'`
    const row = this.rows.get(key)
    if (!row) {
      const actual = `rows ${[...this.rows.keys()].join(', ') || 'none'}`
      throw new DataError(`${basename(this.file)} lacks a row that the poses need`, {
        ...{ file: this.file, place, expected, actual },
      })
    }
    if (row.words.length !== count)
      throw new DataError('a row of another length', {
        file: this.file,
        place,
        expected,
        actual: `${row.words.length}`,
      })
    return row.words.map((word) => numberOf(word, this.file, row.line, place))
  }
}

import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DataError } from '../../errors.js'
import type { Quaternion } from '../../pose.js'
import { quaternionFromMatrix } from '../rotation.js'
import type { PoseColumns } from '../usablePoses.js'
import { decimalNs } from './decimalNs.js'
import { type PoseRow, poseCsvRows } from './poseCsv.js'
import { numberOf, readTextTable, type TextRow } from './textRows.js'
import { readTimes } from './timesTable.js'

/** Times of the rows of a KITTI poses table, and of scans: the file beside them. */
export const timesFileName = 'times.txt'

/**
 * Reads poses from text, told by what stands in its first row: eight numbers are TUM, twelve are KITTI, names are a CSV.
 * Lines that are empty or start with `#` are no rows; the last of these above the numbers may have the names of a CSV.
 *
 * - TUM (https://cvg.cit.tum.de/data/datasets/rgbd-dataset/file_formats): `timestamp tx ty tz qx qy qz qw`, s and m.
 * - KITTI odometry (https://www.cvlibs.net/datasets/kitti/eval_odometry.php): a 3×4 matrix row by row, m; the times, in s,
 *   are the rows of the `times.txt` beside it.
 * - CSV with a header, in a comment or not: a time, a position and a rotation, under the names that `poseCsv.ts` lists.
 *
 * Times become ns exactly. What the poses take to what (`cityFromEgo` or another) is its caller's knowledge. Throws
 * DataError with the line for anything else; rows with `nan` and times that do not increase are for `PoseTrack` to judge.
 */
export async function readPosesTable(file: string): Promise<PoseColumns> {
  const { comment, rows } = await readTextTable(file)
  if (rows.length === 0) throw new DataError('no poses', { file, expected: 'at least one row' })
  return columnsOf(file, await poseRows(file, comment, rows))
}

async function poseRows(file: string, comment: TextRow | null, rows: readonly TextRow[]): Promise<PoseRow[]> {
  const [{ text }] = rows
  const cells = cellsOf(text)
  // pandas starts with the name of its index, which is none.
  if (/^[A-Za-z",;]/.test(text)) return poseCsvRows(file, rows)
  if (comment && /\d\s*[,;]/.test(text)) return poseCsvRows(file, [comment, ...rows])
  if (cells.length === 8) {
    checkTumOrder(file, comment)
    return rows.map((row) => tumRow(file, row))
  }
  if (cells.length === 12) return kittiRows(file, rows)
  throw new DataError('not a poses table', {
    file,
    place: `line ${rows[0].line}`,
    expected: '8 numbers (TUM), 12 numbers (KITTI) or the column names of a CSV',
    actual: rows[0].text.slice(0, 80),
  })
}

function cellsOf(text: string): string[] {
  return text.split(/\s+/)
}

function cellsOfLength(file: string, { text, line }: TextRow, count: number): string[] {
  const cells = cellsOf(text)
  if (cells.length === count) return cells
  const [expected, actual] = [`${count} numbers`, `${cells.length}`]
  throw new DataError('a row of another length', { file, place: `line ${line}`, expected, actual })
}

/** A comment that names the columns may name them in another order than TUM's: then nobody knows which of the two holds. */
function checkTumOrder(file: string, comment: TextRow | null): void {
  const names = comment?.text.toLowerCase().split(/[\s,;]+/) ?? []
  const found = names.filter((name) => tumRotation.includes(name))
  if (found.length !== 4 || found.join() === tumRotation.join()) return
  throw new DataError('eight numbers are TUM, and the comment above names another order', {
    file,
    place: `line ${comment?.line}`,
    expected: tumRotation.join(' '),
    actual: found.join(' '),
  })
}

const tumRotation = ['qx', 'qy', 'qz', 'qw']

function tumRow(file: string, row: TextRow): PoseRow {
  const [time, ...rest] = cellsOfLength(file, row, 8)
  const [tx, ty, tz, qx, qy, qz, qw] = rest.map((text) => numberOf(text, file, row.line))
  return { timestampNs: secondsNs(file, { text: time, line: row.line }), q: [qw, qx, qy, qz], t: [tx, ty, tz] }
}

async function kittiRows(file: string, rows: readonly TextRow[]): Promise<PoseRow[]> {
  const timesFile = join(dirname(file), timesFileName)
  if (!existsSync(timesFile))
    throw new DataError('a poses table of matrices has no times', {
      file,
      expected: `${timesFileName} beside it, one time in seconds a row; or a TUM or CSV table, which has times`,
    })
  const times = await readTimes(timesFile)
  if (times.length !== rows.length)
    throw new DataError('not one time a pose', {
      file: timesFile,
      expected: `${rows.length}, the rows of ${basename(file)}`,
      actual: `${times.length}`,
    })
  return rows.map((row, index) => {
    const m = cellsOfLength(file, row, 12).map((text) => numberOf(text, file, row.line))
    const q = quaternionFromMatrix([m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]])
    // Numbers that are none make a row that is no pose, as in the other formats; those of another matrix are a mistake.
    if (!q && m.every(Number.isFinite))
      throw new DataError('not a rotation', {
        file,
        place: `line ${row.line}`,
        expected: 'an orthonormal 3×3 part with determinant 1',
      })
    return { timestampNs: times[index], q: q ?? noRotation, t: [m[3], m[7], m[11]] }
  })
}

function secondsNs(file: string, { text, line }: TextRow): bigint {
  const ns = decimalNs(text, 's')
  if (ns !== null) return ns
  throw new DataError('not a time', { file, place: `line ${line}`, expected: 'decimal seconds', actual: text })
}

const noRotation: Quaternion = [Number.NaN, Number.NaN, Number.NaN, Number.NaN]

function columnsOf(file: string, rows: readonly PoseRow[]): PoseColumns {
  const column = (value: (row: PoseRow) => number) => Float64Array.from(rows, value)
  return {
    file,
    timestampNs: BigInt64Array.from(rows, ({ timestampNs }) => timestampNs),
    q: [0, 1, 2, 3].map((i) => column(({ q }) => q[i])),
    t: [0, 1, 2].map((i) => column(({ t }) => t[i])),
  }
}

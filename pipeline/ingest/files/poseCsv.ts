import { DataError } from '../../errors.js'
import { type Quaternion, quaternionFromEuler, type Vec3 } from '../../pose.js'
import { numberOf, type TextRow } from './textRows.js'
import { columnTimeNs, timeUnits } from './timesTable.js'

/** A ROS stamp in two columns. */
const stamp = ['sec', 'nsec']
const times = [...Object.keys(timeUnits).map((name) => [name]), stamp]
const positions = [
  ['x', 'y', 'z'],
  ['x_m', 'y_m', 'z_m'],
  ['tx', 'ty', 'tz'],
  ['tx_m', 'ty_m', 'tz_m'],
]
const quaternion = ['qw', 'qx', 'qy', 'qz']
/** Intrinsic rotations yaw, pitch, roll; plain names are radians. */
const eulers = [
  ['roll', 'pitch', 'yaw'],
  ['roll_rad', 'pitch_rad', 'yaw_rad'],
  ['roll_deg', 'pitch_deg', 'yaw_deg'],
]
const expectedColumns = [
  times.map((names) => names.join(' ')).join(' | '),
  positions.map((names) => names.join(' ')).join(' | '),
  [quaternion, ...eulers].map((names) => names.join(' ')).join(' | '),
].join('; ')

export interface PoseRow {
  timestampNs: bigint
  q: Quaternion
  t: Vec3
}

/**
 * Rows of a CSV (comma, semicolon or tab) whose first row names the columns. A first column without a name counts the rows,
 * as pandas writes them. Throws DataError that names the place.
 */
export function poseCsvRows(file: string, [head, ...rows]: readonly TextRow[]): PoseRow[] {
  const separator = [',', ';', '\t'].find((candidate) => head.text.includes(candidate)) ?? ','
  const names = cellsOf(head, separator)
  const columns = columnsOf(file, head.line, names[0] === '' ? names.slice(1) : names)
  return rows.map((row) => {
    const cells = cellsOf(row, separator)
    const { line } = row
    if (cells.length !== names.length)
      throw new DataError('a row of another length', {
        file,
        place: `line ${line}`,
        expected: `${names.length} columns`,
        actual: `${cells.length}`,
      })
    const cell = (name: string) => cells[names.indexOf(name)]
    const value = (name: string) => numberOf(cell(name), file, line, `column '${name}'`)
    const [time] = columns.time
    return {
      timestampNs:
        columns.time === stamp
          ? stampNs(cell('sec'), cell('nsec'), file, line)
          : columnTimeNs(cell(time), time, file, line),
      q: rotationOf(columns.rotation, columns.rotation.map(value)),
      t: columns.position.map(value) as unknown as Vec3,
    }
  })
}

function cellsOf({ text }: TextRow, separator: string): string[] {
  return text.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
}

function stampNs(sec: string, nsec: string, file: string, line: number): bigint {
  if (/^\d{1,10}$/.test(sec) && /^\d{1,9}$/.test(nsec)) return BigInt(sec) * 1_000_000_000n + BigInt(nsec)
  const [expected, actual] = ['whole seconds, and ns below a second', `${sec} and ${nsec}`]
  throw new DataError('not a time', { file, place: `line ${line}, columns 'sec' and 'nsec'`, expected, actual })
}

interface PoseColumnNames {
  time: readonly string[]
  position: readonly string[]
  rotation: readonly string[]
}

/** Which columns say what. One that is unknown or missing, or two that say the same, throw DataError. */
function columnsOf(file: string, line: number, names: readonly string[]): PoseColumnNames {
  const complete = (sets: readonly (readonly string[])[]) => sets.filter((set) => set.every((n) => names.includes(n)))
  const [stamps, places, turns] = [complete(times), complete(positions), complete([quaternion, ...eulers])]
  const used = [...stamps.flat(), ...places.flat(), ...turns.flat()]
  const oneEach = [stamps, places, turns].every((found) => found.length === 1)
  if (oneEach && used.length === names.length && new Set(names).size === names.length)
    return { time: stamps[0], position: places[0], rotation: turns[0] }
  throw new DataError('not the columns of a poses table: one time, one position and one rotation, and nothing else', {
    file,
    place: `line ${line}`,
    expected: expectedColumns,
    actual: names.join(', '),
  })
}

function rotationOf(names: readonly string[], values: readonly number[]): Quaternion {
  if (names === quaternion) return values as unknown as Quaternion
  const [roll, pitch, yaw] = names[0].endsWith('_deg') ? values.map((deg) => (deg * Math.PI) / 180) : values
  return quaternionFromEuler(yaw, pitch, roll)
}

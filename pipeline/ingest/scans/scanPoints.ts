import { join } from 'node:path'
import { DataError } from '../../errors.js'
import { readLas } from '../files/las.js'
import { readPcd } from '../files/pcd.js'
import { fieldNamed, numbersOf, type PointTable } from '../files/pointTable.js'
import { dropPoints, isFinitePoint, type LoosePoints, notFinite } from '../finitePoints.js'
import type { SkipCounter } from '../skipCounter.js'
import { transformPoints } from '../transformPoints.js'
import { type Description, descriptionFileName } from './description.js'
import { readBin, readNpyScan } from './floatScan.js'
import { endingOf } from './layout.js'
import type { PointLabels } from './pointLabels.js'
import { maxOffsetNs, noOffset, pointOffsetsNs } from './pointTimes.js'
import type { TimedScan } from './scanTimes.js'

const noReturn = 'all coordinates are zero: no return'
const withheld = 'withheld by its file'
const offTime = `its time is more than ${maxOffsetNs / 1e9} s from its scan's, or none`

/** One LiDAR's scan, as its file has it. */
export interface ScanPoints extends LoosePoints {
  pointsM: Float64Array<ArrayBuffer>
}

/** Reads one scan of the LiDAR with that index. Points that are none are dropped and counted. Throws DataError. */
export async function readScan(
  dir: string,
  scan: TimedScan,
  lidar: number,
  columns: readonly string[] | null,
  description: Description,
  labels: PointLabels | null,
  skips: SkipCounter,
): Promise<ScanPoints> {
  const table = await readTable(join(dir, scan.file), columns)
  const { count } = table
  const pointsM = coordinates(table)
  const isReturn = (row: number) => isFinitePoint(pointsM, row) && !isZero(pointsM, row)
  const points: ScanPoints = {
    count,
    pointsM,
    lidar: new Uint8Array(count).fill(lidar),
    offsetNs: pointOffsetsNs(table, description.point_time, scan.timestampNs, isReturn),
    category: labels?.codesOf(table) ?? null,
    file: scan.file,
  }
  dropBad(points, table, skips)
  throughViewpoint(points, table, description.viewpoint)
  return points
}

/** Throws DataError when more points are not of the scan's time than are: then the unit or the clock is another. */
function dropBad(points: ScanPoints, table: PointTable, skips: SkipCounter): void {
  const { pointsM, offsetNs } = points
  const isWithheld = table.fields.some(({ name }) => name === 'withheld') ? table.column('withheld') : null
  let offTimes = 0
  const faultOf = (row: number): string | null => {
    if (!isFinitePoint(pointsM, row)) return notFinite
    if (isZero(pointsM, row)) return noReturn
    if (isWithheld?.[row]) return withheld
    if (offsetNs[row] !== noOffset) return null
    offTimes++
    return offTime
  }
  dropPoints(points, faultOf, skips)
  if (offTimes <= points.count) return
  throw new DataError('most points are not of the time of their scan', {
    file: table.file,
    actual: `${offTimes} of ${offTimes + points.count} points of other times`,
    expected: `times within ${maxOffsetNs / 1e9} s of it; "point_time" in ${descriptionFileName} gives field, unit and clock`,
  })
}

/** `columns` are those of a point in `.bin` and `.npy`; the other formats name their own. */
async function readTable(file: string, columns: readonly string[] | null): Promise<PointTable> {
  const ending = endingOf(file)
  if (ending === 'pcd') return await readPcd(file)
  if (ending === 'npy') return await readNpyScan(file, columns)
  if (ending === 'bin') return await readBin(file, columns ?? [])
  return await readLas(file)
}

function isZero(pointsM: Float64Array, row: number): boolean {
  return pointsM[3 * row] === 0 && pointsM[3 * row + 1] === 0 && pointsM[3 * row + 2] === 0
}

/** x y z a point. Throws DataError for whole numbers: they are millimetres or steps of some scale, and nothing says which. */
function coordinates(table: PointTable): Float64Array<ArrayBuffer> {
  const out = new Float64Array(3 * table.count)
  for (const [axis, name] of ['x', 'y', 'z'].entries()) {
    const { kind, bytes } = fieldNamed(table, name)
    if (kind === 'integer')
      throw new DataError('the unit of the coordinates is not known', {
        file: table.file,
        place: `field ${name}`,
        expected: 'floats, in metres',
        actual: `integers of ${bytes} byte${bytes === 1 ? '' : 's'}`,
      })
    const column = numbersOf(table.column(name))
    for (let p = 0, at = axis; p < table.count; p++, at += 3) out[at] = column[p]
  }
  return out
}

/** Where the file says that the sensor stood is used only as the user says: half of the readers about apply it. */
function throughViewpoint(points: ScanPoints, { viewpoint, file }: PointTable, use: Description['viewpoint']): void {
  if (!viewpoint || use === 'ignore') return
  if (use === 'apply') transformPoints(viewpoint, points.pointsM, points.count)
  else
    throw new DataError('whether the points are to be taken through the VIEWPOINT is not known', {
      file,
      place: 'VIEWPOINT',
      expected: `"viewpoint": "apply" or "ignore" in ${descriptionFileName}`,
    })
}

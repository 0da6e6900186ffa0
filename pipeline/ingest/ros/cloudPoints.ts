import type { CloudField, CloudMessage, NumberType } from './cloudMessages.js'
import { numberBytes } from './cloudMessages.js'

type ReadNumber = (view: DataView, at: number, littleEndian: boolean) => number

const readers: Readonly<Record<NumberType, ReadNumber>> = {
  int8: (view, at) => view.getInt8(at),
  uint8: (view, at) => view.getUint8(at),
  int16: (view, at, little) => view.getInt16(at, little),
  uint16: (view, at, little) => view.getUint16(at, little),
  int32: (view, at, little) => view.getInt32(at, little),
  uint32: (view, at, little) => view.getUint32(at, little),
  float32: (view, at, little) => view.getFloat32(at, little),
  float64: (view, at, little) => view.getFloat64(at, little),
}

/** What is wrong with a cloud's layout; null when every point's x, y, z can be read. */
export function faultOf(cloud: CloudMessage): string | null {
  const { width, height, pointStep, rowStep, data, fields } = cloud
  for (const name of ['x', 'y', 'z'])
    if (!fields.some((field) => field.name === name)) return `a cloud without a field ${name} of one number`
  if (fields.some(({ offset, type }) => offset + numberBytes[type] > pointStep))
    return 'a cloud with a field beyond the end of its points'
  if (rowStep < width * pointStep) return 'a cloud whose rows are shorter than their points'
  if (data.length < rowStep * height) return 'a cloud whose data is shorter than its rows'
  return null
}

/** Calls `visit` with the number of each point and the byte it starts at, in the order of the message. */
function forEachPoint({ width, height, pointStep, rowStep }: CloudMessage, visit: (p: number, at: number) => void) {
  for (let row = 0, p = 0; row < height; row++)
    for (let column = 0; column < width; column++, p++) visit(p, row * rowStep + column * pointStep)
}

/** The values of one field, one a point, as doubles. `cloud` is without fault. */
export function fieldValues(cloud: CloudMessage, { offset, type }: CloudField): Float64Array {
  const values = new Float64Array(cloud.width * cloud.height)
  const { data, littleEndian } = cloud
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const read = readers[type]
  forEachPoint(cloud, (p, at) => {
    values[p] = read(view, at + offset, littleEndian)
  })
  return values
}

/** The points that are somewhere: which of the cloud's they are, and x y z of each, metres in the cloud's own frame. */
export interface Returns {
  count: number
  points: Uint32Array
  pointsM: Float32Array
  /** Points whose coordinates are not finite. */
  notFinite: number
  firstNotFinite: number
  /** Points at the sensor itself, as some drivers write a ray that did not return. */
  atSensor: number
}

/** `cloud` is without fault. */
export function returnsOf(cloud: CloudMessage): Returns {
  const axis = (name: string) => fieldValues(cloud, cloud.fields.find((field) => field.name === name)!)
  const [x, y, z] = [axis('x'), axis('y'), axis('z')]
  const returns: Returns = {
    count: 0,
    points: new Uint32Array(x.length),
    pointsM: new Float32Array(3 * x.length),
    notFinite: 0,
    firstNotFinite: -1,
    atSensor: 0,
  }
  for (let p = 0; p < x.length; p++) {
    if (!Number.isFinite(x[p] + y[p] + z[p])) {
      if (returns.notFinite++ === 0) returns.firstNotFinite = p
    } else if (x[p] === 0 && y[p] === 0 && z[p] === 0) returns.atSensor++
    else {
      const at = 3 * returns.count
      returns.points[returns.count++] = p
      returns.pointsM[at] = x[p]
      returns.pointsM[at + 1] = y[p]
      returns.pointsM[at + 2] = z[p]
    }
  }
  return returns
}

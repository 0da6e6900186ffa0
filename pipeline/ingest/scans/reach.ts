import { join } from 'node:path'
import { DataError } from '../../errors.js'
import { type Description, descriptionFileName } from './description.js'

/** No LiDAR of a vehicle has half of its returns from beyond this. */
export const reachM = 500

/**
 * Holds a scan's points, x y z each in the ego frame, against how far a LiDAR sees. Throws DataError when more than half lie
 * beyond: then they are in another frame than the description says (of a country, or of a map), or in millimetres, and the
 * frame would be one of an empty world.
 */
export function checkReach(pointsM: Float32Array, file: string, dir: string, { points_in }: Description): void {
  let beyond = 0
  for (let at = 0; at < pointsM.length; at += 3)
    if (pointsM[at] ** 2 + pointsM[at + 1] ** 2 + pointsM[at + 2] ** 2 > reachM ** 2) beyond++
  const count = pointsM.length / 3
  if (2 * beyond <= count) return
  throw new DataError('the points are not where a LiDAR sees', {
    file: join(dir, file),
    expected: `metres, within ${reachM} m of the ego, in the frame that "points_in" in ${descriptionFileName} names (now "${points_in}")`,
    actual: `${beyond} of ${count} points beyond that`,
  })
}

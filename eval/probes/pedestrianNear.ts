import { nearestM } from './nearest.js'
import type { ClassificationTask } from './probe.js'

const withinM = 20

export const pedestrianNear: ClassificationTask = {
  name: 'pedestrian_within_20m',
  kind: 'classification',
  question: `Is a person within ${withinM} m?`,
  shortcut: false,
  target(frame, world) {
    const distanceM = nearestM(frame, world, (c) => c.superclass === 'person')
    return distanceM !== null && distanceM <= withinM ? 'yes' : 'no'
  },
}

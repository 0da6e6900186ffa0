import { nearestM } from './nearest.js'
import type { RegressionTask } from './probe.js'

export const nearestObstacle: RegressionTask = {
  name: 'nearest_obstacle',
  kind: 'regression',
  question: 'How far is the nearest thing that is not ground?',
  shortcut: false,
  unit: 'm',
  target: (frame, world) => nearestM(frame, world, (c) => c.superclass !== 'ground' && c.superclass !== 'free'),
}

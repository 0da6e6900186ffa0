import type { RegressionTask } from './probe.js'

export const yawRate: RegressionTask = {
  name: 'yaw_rate',
  kind: 'regression',
  question: 'How fast is the ego turning?',
  shortcut: false,
  unit: 'rad/s',
  target: ({ egoMotion }) => egoMotion && egoMotion.dyawRad / egoMotion.dtS,
}

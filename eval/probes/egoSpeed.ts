import type { RegressionTask } from './probe.js'

export const egoSpeed: RegressionTask = {
  name: 'ego_speed',
  kind: 'regression',
  question: 'How fast is the ego moving?',
  shortcut: false,
  unit: 'm/s',
  target: ({ egoMotion }) => egoMotion && Math.hypot(egoMotion.dxM, egoMotion.dyM) / egoMotion.dtS,
}

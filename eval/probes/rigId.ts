import type { ClassificationTask } from './probe.js'

export const rigId: ClassificationTask = {
  name: 'rig_id',
  kind: 'classification',
  question: 'Which rig recorded this?',
  shortcut: true,
  target: (frame) => frame.rigId,
}

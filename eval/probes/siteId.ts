import type { ClassificationTask } from './probe.js'

export const siteId: ClassificationTask = {
  name: 'site_id',
  kind: 'classification',
  question: 'Which site is this?',
  shortcut: true,
  target: (frame) => frame.siteId,
}

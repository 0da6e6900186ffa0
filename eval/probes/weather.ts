import type { ClassificationTask } from './probe.js'

export const weather: ClassificationTask = {
  name: 'weather',
  kind: 'classification',
  question: 'What is the weather?',
  shortcut: false,
  target: (frame) => frame.weather,
}

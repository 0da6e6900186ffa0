import { join } from 'node:path'
import { wholeLog, writeSmallLog } from '../smallLog.js'
import type { Sample } from './sample.js'

export const argoverse2: Sample = {
  write: (dir) => writeSmallLog(join(dir, 'small'), wholeLog()),
  config: {},
  frames: 4,
  missing: '',
}

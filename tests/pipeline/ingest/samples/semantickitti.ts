import { noNumpy, numpy } from '../../../support/numpy.js'
import type { Sample } from './sample.js'

export const semantickitti: Sample = {
  write: (dir) => numpy('write_semantickitti.py', dir) as string,
  config: { site: 'nowhere', grid: 'semantickitti', taxonomy: 'semantickitti' },
  frames: 2,
  missing: noNumpy,
}

import { noNumpy, numpy } from '../../../support/numpy.js'
import type { Sample } from './sample.js'

export const kitti: Sample = {
  write: (dir) => numpy('write_kitti.py', 'raw', dir) as string,
  config: { site: 'karlsruhe' },
  frames: 2,
  missing: noNumpy,
}

import { type BagKind, noBags, writeBag } from '../../../support/bags.js'
import type { Sample } from './sample.js'

const bag = (kind: BagKind): Sample => ({
  write: (dir) => writeBag(kind, dir),
  config: {},
  frames: 5,
  missing: noBags,
})

export const mcap = bag('mcap')
export const rosbag2 = bag('rosbag2')
export const rosbag1 = bag('rosbag1')

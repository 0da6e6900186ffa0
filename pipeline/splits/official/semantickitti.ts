import { namesIn, type OfficialList } from './officialList.js'

/** Sequences of SemanticKITTI, those of KITTI odometry. https://semantic-kitti.org/dataset.html */
export const semantickitti: OfficialList = {
  train: namesIn(`
    00 01 02 03 04 05 06 07 09 10
  `),
  val: namesIn(`
    08
  `),
  test: namesIn(`
    11 12 13 14 15 16 17 18 19 20 21
  `),
}

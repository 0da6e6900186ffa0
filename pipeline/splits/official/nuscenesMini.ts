import { namesIn, type OfficialList } from './officialList.js'

/** The ten scenes of nuScenes v1.0-mini, by name; it has no test part. https://www.nuscenes.org/nuscenes */
export const nuscenesMini: OfficialList = {
  train: namesIn(`
    scene-0061 scene-0553 scene-0655 scene-0757 scene-0796 scene-1077 scene-1094 scene-1100
  `),
  val: namesIn(`
    scene-0103 scene-0916
  `),
  test: [],
}

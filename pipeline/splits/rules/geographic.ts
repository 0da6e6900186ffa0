import { regionValue } from '../pieces.js'
import type { SplitRule } from '../rule.js'
import { tileName } from '../tiles.js'

export const geographic: SplitRule = {
  describe: 'cuts the map of each site into regions, regionM metres wide: a frame goes where its place goes',
  valuesOf: regionValue,
  regionsOf: (logs, { regionM }) =>
    logs.map(({ siteId, xM, yM }) => Array.from(xM, (x, row) => tileName(siteId, x, yM[row], regionM))),
}

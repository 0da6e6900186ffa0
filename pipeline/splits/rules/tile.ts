import type { SplitRule } from '../rule.js'
import { tileName } from '../tiles.js'

export const tile: SplitRule = {
  describe: 'whole logs that touch a common tile of the map, tileM metres wide, together',
  valuesOf: ({ siteId, xM, yM }, { tileM }) => [
    ...new Set(Array.from(xM, (x, row) => tileName(siteId, x, yM[row], tileM))),
  ],
}

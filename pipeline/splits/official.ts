import { DataError } from '../errors.js'
import type { Arranged } from './arranged.js'
import type { SplitConfig } from './config.js'
import { officialPartOf, officialShares } from './official/officialLists.js'
import { emptyPlacement } from './placement.js'
import type { LogTrack } from './tracks.js'

/**
 * Gives the logs the parts that a published list gives them: no buffer, no groups, so that the leaks are the list's own.
 * Logs that the list does not know are left out. Throws UsageError for an unknown list, DataError when it knows no log.
 */
export function arrangeOfficially(logs: readonly LogTrack[], { official }: SplitConfig): Arranged {
  const partOf = officialPartOf(official)
  const placements = logs.map((track) => {
    const part = partOf(track.logId)
    const placement = emptyPlacement(track, part ? null : `the official split ${official} does not know it`)
    return { ...placement, given: placement.given.fill(part) }
  })
  if (placements.every(({ leftOut }) => leftOut !== null))
    throw new DataError(`the official split ${official} knows none of the logs`, { actual: logs[0]?.logId })
  const groups = logs.map((track) => {
    const { logId, frameIndex } = track
    return { name: logId, values: [logId], tracks: [track], frames: frameIndex.length, joins: [] }
  })
  return {
    placements,
    groups,
    partOfGroup: groups.map(({ name }) => partOf(name)),
    shares: officialShares(official),
    compromises: [],
    search: `none: the parts are those of the official split ${official}`,
    keeper: 'train',
  }
}

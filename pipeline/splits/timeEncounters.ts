import { type Encounter, EncounterTable } from './encounter.js'
import { groupBy } from './groupBy.js'
import type { LogTrack } from './tracks.js'

/**
 * Finds where groups of pieces of logs follow each other: frames of a group that are closer in time than `gapS` to
 * frames of the same other groups, of the same rig at the same site. What `findEncounters` is to the buffer, this is to
 * the gap; a frame may be in an encounter of each.
 *
 * `groupOf[i]` is the group of `tracks[i]`.
 */
export function findTimeEncounters(tracks: readonly LogTrack[], groupOf: readonly number[], gapS: number): Encounter[] {
  if (gapS <= 0) return []
  const vehicles = groupBy(tracks.keys(), (i) => JSON.stringify([tracks[i].rigId, tracks[i].siteId]))
  return [...vehicles.values()].flatMap((here) =>
    encountersOf(
      here.flatMap((i) => Array.from(tracks[i].timestampNs, (timeNs) => ({ timeNs, group: groupOf[i] }))),
      gapS * 1e9,
    ),
  )
}

interface Moment {
  timeNs: bigint
  group: number
}

/** Goes through one vehicle's frames in time with the window of those that are close, and the groups in it. */
function encountersOf(moments: Moment[], gapNs: number): Encounter[] {
  moments.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : a.group - b.group))
  const table = new EncounterTable()
  const inWindow = new Map<number, number>()
  let [first, end] = [0, 0]
  for (const { timeNs, group } of moments) {
    for (; end < moments.length && Number(moments[end].timeNs - timeNs) < gapNs; end++)
      inWindow.set(moments[end].group, (inWindow.get(moments[end].group) ?? 0) + 1)
    for (; Number(timeNs - moments[first].timeNs) >= gapNs; first++) {
      const left = inWindow.get(moments[first].group)! - 1
      if (left > 0) inWindow.set(moments[first].group, left)
      else inWindow.delete(moments[first].group)
    }
    if (inWindow.size < 2) continue
    table.note(
      group,
      1,
      [...inWindow.keys()].sort((a, b) => a - b),
    )
  }
  return table.encounters()
}

import { byTrack } from '../occupancy/followed.js'
import type { Check, Observation } from './check.js'

/** Ids that do not tell which thing is which. */
export const trackIds: Check = {
  finds: 'track ids that several boxes of one time share',
  rule: 'Two boxes of one annotated time have the same track id: the times are counted, the boxes stay where they are annotated, and none of them is followed from one time to another: it carries no points, has no velocity, and is not there between annotated times.',
  reason:
    'Trackers that count each class on its own, and messages that were recorded twice: one thing would be taken to where the other is.',
  look({ log: { boxes, poses } }): Observation[] {
    if (!boxes) return []
    const shared = Array.from(boxes.timesNs, (timeNs, index) => {
      const [id] = [...byTrack(boxes.at(index))].find(([, box]) => box === null) ?? []
      return { timeNs, id }
    }).filter(({ id }) => id !== undefined)
    if (shared.length === 0) return []
    const [{ id, timeNs }] = shared
    const file = boxes.source.replace(/ sha256:.*/, '')
    const place = `timestamp_ns ${poses.timestampNs(timeNs)}`
    const what = { expected: 'one box a track id', actual: `several of '${id}'` }
    return [{ file, place, ...what, count: shared.length, effect: 'noted' }]
  },
}

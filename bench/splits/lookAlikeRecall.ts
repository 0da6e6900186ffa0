import { stream } from '../../pipeline/random.js'
import type { AuditedTrack } from '../../pipeline/splits/audit/auditedTracks.js'
import type { SignatureMatches } from '../../pipeline/splits/audit/signatureMatches.js'
import type { SignatureSet } from '../../pipeline/splits/audit/signatureSet.js'
import { Projection, SignatureTree } from '../../pipeline/splits/audit/signatureTree.js'
import { parts } from '../../pipeline/splits/part.js'

/** Of some frames of val and test, how many look like a training frame, and of how many of these it was found. */
export interface Recall {
  asked: number
  alike: number
  found: number
  /** Those nearer than 0.15, the median of a copy that stands a little aside. */
  near: number
  nearFound: number
}

const asked = 2000
const nearDistance = 0.15

/** Looks frames drawn at random up once more, by the exact search, which tests hold against comparing with all. */
export function recallOf(
  set: SignatureSet,
  tracks: readonly AuditedTrack[],
  matches: SignatureMatches,
  limit: number,
): Recall {
  const trains = (i: number) => tracks[set.track[i]].partOfRow[set.row[i]] === parts.indexOf('train')
  const all = [...Array(set.count).keys()]
  const others = all.filter((i) => !trains(i))
  const tree = new SignatureTree(set, new Projection(set), Int32Array.from(all.filter(trains)))
  const foundInTrain = new Set(
    matches.frames.flatMap(({ frame, likePart }) => (likePart === 'train' ? [`${frame.track} ${frame.row}`] : [])),
  )
  const rng = stream(1, 'look-alikes asked once more')
  const recall: Recall = { asked: Math.min(asked, others.length), alike: 0, found: 0, near: 0, nearFound: 0 }
  for (let n = 0; n < recall.asked; n++) {
    const i = rng.pick(others)
    const near = tree.nearest(i, limit)
    if (!near) continue
    const found = Number(foundInTrain.has(`${set.track[i]} ${set.row[i]}`))
    recall.alike++
    recall.found += found
    if (near.distance >= nearDistance) continue
    recall.near++
    recall.nearFound += found
  }
  return recall
}

import { groupBy } from '../groupBy.js'
import { KdTree } from '../kdTree.js'
import { type Part, parts } from '../part.js'
import type { AuditedTrack } from './auditedTracks.js'

interface Places {
  tree: KdTree
  /** Track and row of each point of the tree. */
  track: Int32Array
  row: Int32Array
}

/** Where the frames of each part are, by site. A tree is built when it is first asked. */
export class PartPlaces {
  private readonly sites: Map<string, number[]>
  private readonly known = new Map<string, Places>()

  constructor(private readonly tracks: readonly AuditedTrack[]) {
    this.sites = groupBy(tracks.keys(), (i) => tracks[i].siteId)
  }

  /** The frame of a part nearest to a place of a site among those nearer than `limitM`; null when there is none. */
  nearest(part: Part, siteId: string, xM: number, yM: number, limitM: number) {
    const { tree, track, row } = this.places(part, siteId)
    const found = tree.nearest(xM, yM, limitM)
    if (!found) return null
    return { track: this.tracks[track[found.index]], row: row[found.index], distanceM: found.distanceM }
  }

  private places(part: Part, siteId: string): Places {
    const key = `${part} ${siteId}`
    const known = this.known.get(key)
    if (known) return known
    const made = placesOf(this.tracks, this.sites.get(siteId) ?? [], parts.indexOf(part))
    this.known.set(key, made)
    return made
  }
}

function placesOf(tracks: readonly AuditedTrack[], here: readonly number[], part: number): Places {
  const count = here.reduce((sum, t) => sum + tracks[t].partOfRow.reduce((n, p) => n + Number(p === part), 0), 0)
  const [xM, yM] = [new Float64Array(count), new Float64Array(count)]
  const [track, row] = [new Int32Array(count), new Int32Array(count)]
  let n = 0
  for (const t of here)
    tracks[t].partOfRow.forEach((p, r) => {
      if (p !== part) return
      xM[n] = tracks[t].xM[r]
      yM[n] = tracks[t].yM[r]
      track[n] = t
      row[n++] = r
    })
  return { tree: new KdTree(xM, yM), track, row }
}

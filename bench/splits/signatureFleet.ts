import { stream } from '../../pipeline/random.js'
import type { AuditedTrack } from '../../pipeline/splits/audit/auditedTracks.js'
import { SignatureSet } from '../../pipeline/splits/audit/signatureSet.js'
import { parts } from '../../pipeline/splits/part.js'
import { makeFleet } from './splitFleet.js'

const rings = 8
const ringM = 5
const sectors = 16
const channels = 2
/** Buildings are made of such blocks, and none stands nearer than this to the middle of a street. */
const blockM = 10
const streetM = 8
const streetEveryM = 200
const townBlocks = 260
const tallestM = 12

/** How the frames of the made-up fleet look: its signatures, and tracks that say which part each frame is in. */
export interface SignedFleet {
  set: SignatureSet
  tracks: AuditedTrack[]
}

/**
 * Made-up signatures of the fleet of `makeFleet`. Of five logs three train, one is val, one test. `clean`: val and test logs
 * drive in towns of their own, so nothing is to be found, which is the hardest to make sure of; else all drive in the same.
 */
export function signFleet(logs: number, clean: boolean): SignedFleet {
  const tracks = makeFleet(logs).map((track, i): AuditedTrack => {
    const part = parts.indexOf(['train', 'train', 'train', 'val', 'test'][i % 5] as (typeof parts)[number])
    return { ...track, calibrationId: null, partOfRow: new Int8Array(track.frameIndex.length).fill(part) }
  })
  const townOfPart = ({ siteId, partOfRow }: AuditedTrack) => `${siteId} ${partOfRow[0]}`
  return { set: signTracks(tracks, clean ? townOfPart : ({ siteId }) => siteId!), tracks }
}

/** Signatures of all frames in a part: rings and sectors around each, filled from streets lined with blocks of random height. */
export function signTracks(tracks: readonly AuditedTrack[], townNameOf: (track: AuditedTrack) => string): SignatureSet {
  const length = rings * sectors * channels
  const inPart = tracks.reduce((sum, { partOfRow }) => sum + partOfRow.filter((part) => part >= 0).length, 0)
  const set = new SignatureSet(length, inPart)
  const towns = new Map<string, Float32Array>()
  const signature = new Uint8Array(length)
  for (const [number, track] of tracks.entries()) {
    const name = townNameOf(track)
    const town = towns.get(name) ?? townOf(name)
    towns.set(name, town)
    for (let row = 0; row < track.frameIndex.length; row++) {
      if (track.partOfRow[row] < 0) continue
      sign(signature, town, track.xM[row], track.yM[row], headingAt(track, row))
      set.add(number, row, signature)
    }
  }
  return set
}

/** Heights of a town's blocks, metres; half of them are low. */
function townOf(name: string): Float32Array {
  const rng = stream(1, 'town', name)
  return Float32Array.from({ length: townBlocks * townBlocks }, () => tallestM * Math.max(0, 2 * rng.float() - 1))
}

/** Along the street: the turn of a frame's own step would be that of its play. */
function headingAt({ xM, yM }: AuditedTrack, row: number): number {
  const [from, to] = [Math.max(0, row - 3), Math.min(xM.length - 1, row + 3)]
  const quarter = Math.round(Math.atan2(yM[to] - yM[from], xM[to] - xM[from]) / (Math.PI / 2))
  return (quarter * Math.PI) / 2
}

function sign(signature: Uint8Array, town: Float32Array, x: number, y: number, headingRad: number): void {
  let at = 0
  for (let ring = 0; ring < rings; ring++)
    for (let sector = 0; sector < sectors; sector++) {
      const angle = headingRad + ((sector + 0.5) * 2 * Math.PI) / sectors
      const [px, py] = [x + (ring + 0.5) * ringM * Math.cos(angle), y + (ring + 0.5) * ringM * Math.sin(angle)]
      const isStreet = offStreetM(px) < streetM || offStreetM(py) < streetM
      const heightM = isStreet ? 0 : heightAt(town, px, py)
      // As `Signer` keeps them: hundredths of the root of metres and of the share of ground.
      signature[at++] = Math.min(255, Math.round(100 * Math.sqrt(heightM)))
      signature[at++] = isStreet ? 100 : 0
    }
}

function offStreetM(m: number): number {
  return Math.abs(m - streetEveryM * Math.round(m / streetEveryM))
}

/** Between the four blocks around a place. */
function heightAt(town: Float32Array, x: number, y: number): number {
  const [u, v] = [x / blockM + 10, y / blockM + 10]
  const [i, j] = [Math.floor(u), Math.floor(v)]
  const [s, t] = [u - i, v - j]
  const at = (a: number, b: number) => town[a * townBlocks + b]
  return (1 - s) * ((1 - t) * at(i, j) + t * at(i, j + 1)) + s * ((1 - t) * at(i + 1, j) + t * at(i + 1, j + 1))
}

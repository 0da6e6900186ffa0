import { expect, test } from 'vitest'
import { stream } from '../../../pipeline/random.js'
import { alikeByChance } from '../../../pipeline/splits/audit/alikeByChance.js'
import { matchSignatures } from '../../../pipeline/splits/audit/signatureMatches.js'
import { SignatureSet } from '../../../pipeline/splits/audit/signatureSet.js'
import { Projection, SignatureTree } from '../../../pipeline/splits/audit/signatureTree.js'
import { line, makeTrack } from '../../support/tracks.js'
import { auditInputOf, byLog } from './auditInputOf.js'

const seed = 23
const alike = 0.25

/** Logs of ten frames at two sites, two of a site 1 km apart. Frames look as `look` says: alike where it says the same. */
function logsThatLook(look: (log: number, row: number) => string) {
  const names = ['a', 'b', 'c', 'd']
  const tracks = names.map((logId, n) => makeTrack({ logId, siteId: `site ${n >> 1}`, points: line(10, 1000 * n, 3) }))
  const audited = auditInputOf(tracks, byLog({ a: 'train', b: 'train', c: 'train', d: 'test' })).tracks
  const set = new SignatureSet(32, 40)
  const signatures = new Map<string, Uint8Array>()
  for (const log of names.keys())
    for (let row = 0; row < 10; row++) {
      const name = look(log, row)
      const rng = stream(seed, 'signature', name)
      const signature = signatures.get(name) ?? Uint8Array.from({ length: 32 }, () => rng.int(256))
      signatures.set(name, signature)
      set.add(log, row, signature)
    }
  return { set, tracks: audited }
}

function chanceOf(look: (log: number, row: number) => string): number | null {
  const { set, tracks } = logsThatLook(look)
  const members = Array.from({ length: 30 }, (_, i) => i)
  const tree = new SignatureTree(set, new Projection(set), Int32Array.from(members))
  return alikeByChance(set, tracks, tree, members, alike, stream(seed, 'drawn'))
}

test('by hand: of thirty training frames the three of row 0 and two of row 1 look like one of another log', () => {
  expect(chanceOf((log, row) => (row === 0 || (row === 1 && log > 0) ? `row ${row}` : `${log} ${row}`))).toBe(5 / 30)
})

test('frames of one log look alike for a reason, and so do frames a few metres apart', () => {
  expect(chanceOf((log) => `log ${log}`)).toBe(0)
  const { set, tracks } = logsThatLook(() => 'everywhere')
  const near = tracks.map((track) => ({ ...track, siteId: 'one', xM: new Float64Array(10), yM: new Float64Array(10) }))
  const members = Array.from({ length: 30 }, (_, i) => i)
  const tree = new SignatureTree(set, new Projection(set), Int32Array.from(members))
  expect(alikeByChance(set, near, tree, members, alike, stream(seed, 'drawn'))).toBeNull()
})

test('a search for unrelated frames does not change what is found of others', () => {
  // Frames of test that look like row 0 of train, which looks alike in all logs of it: chance, and found all the same.
  const { set, tracks } = logsThatLook((log, row) => (row === 0 ? 'same' : `${log} ${row}`))
  const matches = matchSignatures(set, tracks, alike, 1)
  expect(matches.chance).toBe(3 / 30)
  expect(matches.frames).toEqual([
    { frame: { track: 3, row: 0 }, like: { track: 0, row: 0 }, likePart: 'train', distance: 0 },
  ])
})

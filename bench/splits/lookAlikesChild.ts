/**
 * One fleet's frames compared by their signatures in a process of its own, for its clock and its memory: the number of
 * logs and `clean` or `mixed` as arguments; prints `LookAlikeCost` as JSON.
 */
import { auditSplitDefaults } from '../../pipeline/splits/audit/config.js'
import { matchSignatures } from '../../pipeline/splits/audit/signatureMatches.js'
import { cpuOf } from '../rounds.js'
import { recallOf } from './lookAlikeRecall.js'
import type { LookAlikeCost } from './lookAlikes.js'
import { signFleet } from './signatureFleet.js'

const { set, tracks } = signFleet(Number(process.argv[2]), process.argv[3] === 'clean')
let found!: ReturnType<typeof matchSignatures>
const cpuS = await cpuOf(() => {
  found = matchSignatures(set, tracks, auditSplitDefaults.alike, 1)
})
const { frames, queries, isExact } = found
const peakMb = process.resourceUsage().maxRSS / 1024
const recall = isExact ? null : recallOf(set, tracks, found, auditSplitDefaults.alike)
const cost: LookAlikeCost = { frames: set.count, queries, alike: frames.length, recall, cpuS, peakMb }
process.stdout.write(JSON.stringify(cost))

/**
 * One fleet split, audited and its frames compared, in a process of its own, for its clock and its memory: the number of logs as
 * argument; prints `TogetherCost` as JSON. Making the signatures is not counted: it costs what reading the dataset costs.
 */
import { assignmentOf } from '../../pipeline/splits/assignmentOf.js'
import { auditedTracks } from '../../pipeline/splits/audit/auditedTracks.js'
import { auditSplitDefaults as limits } from '../../pipeline/splits/audit/config.js'
import type { Finding } from '../../pipeline/splits/audit/finding.js'
import { PartPlaces } from '../../pipeline/splits/audit/partPlaces.js'
import { findAll } from '../../pipeline/splits/audit/searches.js'
import { matchSignatures, type SignatureMatches } from '../../pipeline/splits/audit/signatureMatches.js'
import { splitDefaults } from '../../pipeline/splits/config.js'
import { findLeaks } from '../../pipeline/splits/findLeaks.js'
import { planSplit } from '../../pipeline/splits/planSplit.js'
import type { SplitFile } from '../../pipeline/splits/splitFile.js'
import { cpuOf } from '../rounds.js'
import { signTracks } from './signatureFleet.js'
import { makeFleet } from './splitFleet.js'
import type { TogetherCost } from './splitsTogether.js'

const fleet = makeFleet(Number(process.argv[2]))
let split!: SplitFile
const splitS = await cpuOf(() => {
  split = planSplit(fleet, splitDefaults, 1)
})
const partOf = assignmentOf(split.logs)
const tracks = auditedTracks(fleet, [], partOf)
const set = signTracks(tracks, ({ siteId }) => siteId!)
let matches!: SignatureMatches
const compareS = await cpuOf(() => {
  matches = matchSignatures(set, tracks, limits.alike, 1)
})
let findings!: Finding[]
const auditS = await cpuOf(() => {
  const leaks = findLeaks(fleet, partOf, limits)
  const given = { cutsLogs: false, contradictions: { count: 0, shown: [] }, models: [], config: limits }
  findings = findAll({
    ...given,
    tracks: auditedTracks(fleet, [], partOf),
    places: new PartPlaces(tracks),
    leaks,
    matches,
  })
})
const frames = fleet.reduce((sum, { frameIndex }) => sum + frameIndex.length, 0)
const peakMb = process.resourceUsage().maxRSS / 1024
const { numbers } = findings.find(({ kind }) => kind === 'nearDuplicates')!
const [alike, byChance] = [numbers.frames!, Math.round(numbers.expectedByChance!)]
if (findings.some(({ severity }) => severity === 'leak')) throw new Error('our split leaks')
const cost: TogetherCost = { frames, splitS, auditS, compareS, peakMb, alike, byChance }
process.stdout.write(JSON.stringify(cost))

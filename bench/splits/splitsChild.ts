/**
 * One fleet split and audited in a process of its own, for its clock and its memory: the number of logs as argument, and
 * `depot` where all of them start in one; prints `SplitCost` as JSON.
 */
import { assignmentOf } from '../../pipeline/splits/assignmentOf.js'
import { auditedTracks } from '../../pipeline/splits/audit/auditedTracks.js'
import { auditSplitDefaults as limits } from '../../pipeline/splits/audit/config.js'
import { PartPlaces } from '../../pipeline/splits/audit/partPlaces.js'
import { findAll } from '../../pipeline/splits/audit/searches.js'
import { splitDefaults } from '../../pipeline/splits/config.js'
import { findLeaks } from '../../pipeline/splits/findLeaks.js'
import { type Assignment, parts } from '../../pipeline/splits/part.js'
import { planSplit } from '../../pipeline/splits/planSplit.js'
import type { SplitFile } from '../../pipeline/splits/splitFile.js'
import type { LogTrack } from '../../pipeline/splits/tracks.js'
import { makeDepotFleet, makeFleet } from './splitFleet.js'
import type { SplitCost } from './splits.js'

const make = process.argv[3] === 'depot' ? makeDepotFleet : makeFleet
const fleet = make(Number(process.argv[2]))
const frames = fleet.reduce((sum, { frameIndex }) => sum + frameIndex.length, 0)
let split!: SplitFile
const splitS = cpuOf(() => {
  split = planSplit(fleet, splitDefaults, 1)
})
const auditS = cpuOf(() => {
  if (audit(assignmentOf(split.logs)) > 0) throw new Error('our split leaks')
})
const splitPeakMb = peakMb()
let leaks = 0
const leakyAuditS = cpuOf(() => {
  leaks = audit(everyFourthFrame(fleet))
})
const shareOff = Math.max(...parts.map((part) => Math.abs(split.parts[part].got - split.parts[part].asked)))
const cost: SplitCost = { frames, splitS, auditS, splitPeakMb, leakyAuditS, leaks, peakMb: peakMb(), shareOff }
process.stdout.write(JSON.stringify(cost))

/** Every search of `split audit` but the one that compares the frames' voxels; returns how many pairs of logs leak. */
function audit(partOf: Assignment): number {
  const tracks = auditedTracks(fleet, [], partOf)
  const found = findLeaks(fleet, partOf, limits)
  const none = { cutsLogs: false, contradictions: { count: 0, shown: [] }, matches: null, models: [] }
  const findings = findAll({ ...none, tracks, places: new PartPlaces(tracks), leaks: found, config: limits })
  if (found.length === 0 && findings.some(({ severity }) => severity === 'leak')) throw new Error('audits disagree')
  return found.length
}

/** The worst there is to audit: frames of one log go to all parts in turn, as random frames would. */
function everyFourthFrame(logs: readonly LogTrack[]): Assignment {
  const first = new Map(logs.map(({ logId }, i) => [logId, i]))
  const turn = [parts[0], parts[0], parts[1], parts[2]]
  return (logId, frameIndex) => turn[(first.get(logId)! + frameIndex) % turn.length]
}

/** Of all threads, the collector's and the compilers' too, seconds: no less than one core would need. */
function cpuOf(run: () => void): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** So far, MiB. */
function peakMb(): number {
  return process.resourceUsage().maxRSS / 1024
}

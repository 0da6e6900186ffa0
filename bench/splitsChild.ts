/**
 * One fleet split and audited in a process of its own, for its clock and its memory: the number of logs as argument;
 * prints `SplitCost` as JSON.
 */
import { assignmentOf } from '../pipeline/splits/assignmentOf.js'
import { splitDefaults } from '../pipeline/splits/config.js'
import { findLeaks } from '../pipeline/splits/findLeaks.js'
import { parts } from '../pipeline/splits/part.js'
import { planSplit } from '../pipeline/splits/planSplit.js'
import type { SplitFile } from '../pipeline/splits/splitFile.js'
import type { LogTrack } from '../pipeline/splits/tracks.js'
import { nearestTrainFrames } from './nearestTrainFrames.js'
import { makeFleet } from './splitFleet.js'
import type { SplitCost } from './splits.js'

const fleet = makeFleet(Number(process.argv[2]))
const frames = fleet.reduce((sum, { frameIndex }) => sum + frameIndex.length, 0)
let split!: SplitFile
const splitS = cpuOf(() => {
  split = planSplit(fleet, splitDefaults, 1)
})
const clean = assignmentOf(split.logs)
const auditS = cpuOf(() => {
  if (findLeaks(fleet, clean, splitDefaults).length > 0) throw new Error('our split leaks')
  nearestTrainFrames(fleet, clean)
})
let leaks = 0
const leakyAuditS = cpuOf(() => {
  const leaky = everyFourthFrame(fleet)
  leaks = findLeaks(fleet, leaky, splitDefaults).length
  nearestTrainFrames(fleet, leaky)
})
const peakMb = process.resourceUsage().maxRSS / 1024
const cost: SplitCost = { frames, splitS, auditS, leakyAuditS, leaks, peakMb }
process.stdout.write(JSON.stringify(cost))

/** The worst there is to audit: frames of one log go to all parts in turn, as random frames would. */
function everyFourthFrame(logs: readonly LogTrack[]) {
  const first = new Map(logs.map(({ logId }, i) => [logId, i]))
  const turn = [parts[0], parts[0], parts[1], parts[2]]
  return (logId: string, frameIndex: number) => turn[(first.get(logId)! + frameIndex) % turn.length]
}

/** Of all threads, the collector's and the compilers' too, seconds: no less than one core would need. */
function cpuOf(run: () => void): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

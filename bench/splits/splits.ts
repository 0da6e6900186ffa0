import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bench, Measured } from '../bench.js'
import { powerOf } from './growth.js'
import { framesPerLog } from './splitFleet.js'
import { measureTogether } from './splitsTogether.js'

/** What one fleet took: processor seconds and MiB at most. */
export interface SplitCost {
  frames: number
  /** Plan and its own check for leaks. */
  splitS: number
  /** All searches by log, place and time; what compares voxels costs what reading them costs. */
  auditS: number
  /** MiB up to here, the tracks and all. */
  splitPeakMb: number
  /** The same for a split of single frames, which leaks everywhere, and how many leaks that is. */
  leakyAuditS: number
  leaks: number
  peakMb: number
  /** How far the share of a part is off at most, after the buffer. */
  shareOff: number
}

const fleets = [10_000, 100_000, 1_000_000]
/** Exponent of n·log n between the smallest and the largest fleet is 1.09; what is above is caches that grow too small. */
const mostExponent = 1.2

/** Tracks are made in memory: reading a dataset's poses costs what its disk costs. */
export const splits: Bench = {
  name: 'splits',
  question: 'One million frames over 10,000 logs: what do split and audit take of one core, and how does it grow?',
  async run() {
    const costs: SplitCost[] = []
    for (const frames of fleets) costs.push(await inChild(frames / framesPerLog))
    const depot = await inChild(fleets.at(-1)! / framesPerLog, 'depot')
    return [
      ...costs.flatMap((cost) => figuresOf(cost)),
      ...figuresOf(depot, ' out of one depot'),
      growth('split and audited', costs, ({ splitS, auditS }) => splitS + auditS),
      growth('audit of a split of single frames', costs, ({ leakyAuditS }) => leakyAuditS),
      ...(await measureTogether(fleets, mostExponent)),
    ]
  },
}

async function inChild(logs: number, ...kind: string[]): Promise<SplitCost> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(import.meta.dirname, 'splitsChild.js'),
    `${logs}`,
    ...kind,
  ])
  return JSON.parse(stdout)
}

function figuresOf(cost: SplitCost, from = ''): Measured[] {
  const { frames, splitS, auditS, splitPeakMb, leakyAuditS, leaks, peakMb, shareOff } = cost
  const target = (atMost: number) => (frames === fleets.at(-1) ? { atMost } : null)
  const what = `${frames.toLocaleString('en-GB')} frames${from}`
  const sides = `split ${splitS.toFixed(2)} s, audit ${auditS.toFixed(2)} s; shares at most ${(100 * shareOff).toFixed(1)} % off`
  const worst = 'audit of a split of single frames'
  const among = `${leaks.toLocaleString('en-GB')} pairs of logs leak`
  return [
    { what: `${what}, split and audited`, value: splitS + auditS, unit: 'CPU s', target: target(60), sides },
    { what: `${what}, split and audited, memory`, value: splitPeakMb, unit: 'MiB', target: target(2048) },
    { what: `${what}, ${worst}`, value: leakyAuditS, unit: 'CPU s', target: target(60), sides: among },
    { what: `${what}, ${worst}, memory`, value: peakMb, unit: 'MiB', target: target(2048) },
  ]
}

function growth(what: string, costs: readonly SplitCost[], secondsOf: (cost: SplitCost) => number): Measured {
  const value = powerOf(costs.map((cost) => [cost.frames, secondsOf(cost)] as const))
  const perFrame = costs.map((cost) => (1e9 * secondsOf(cost)) / (cost.frames * Math.log2(cost.frames)))
  const sides = `${perFrame.map((ns) => ns.toFixed(0)).join(', ')} ns for each n·log₂ n`
  const named = `growth of time with frames, as a power (n·log n: 1.09), ${what}`
  return { what: named, value, unit: '', target: { atMost: mostExponent }, sides }
}

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bench, Measured } from './bench.js'
import { framesPerLog } from './splitFleet.js'

/** What one fleet took: processor seconds and MiB at most. */
export interface SplitCost {
  frames: number
  /** Plan and its own check for leaks. */
  splitS: number
  /** All findings by place and time, and the distance of every val and test frame to the nearest training frame. */
  auditS: number
  /** The same for a split of single frames, which leaks everywhere, and how many leaks that is. */
  leakyAuditS: number
  leaks: number
  peakMb: number
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
    return [...costs.flatMap(figuresOf), growth(costs)]
  },
}

async function inChild(logs: number): Promise<SplitCost> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(import.meta.dirname, 'splitsChild.js'),
    `${logs}`,
  ])
  return JSON.parse(stdout)
}

function figuresOf({ frames, splitS, auditS, leakyAuditS, leaks, peakMb }: SplitCost): Measured[] {
  const isLargest = frames === fleets.at(-1)
  const what = `${frames.toLocaleString('en-GB')} frames`
  const sides = `split ${splitS.toFixed(2)} s, audit ${auditS.toFixed(2)} s`
  const among = `${leaks.toLocaleString('en-GB')} findings`
  return [
    {
      ...{ what: `${what}, split and audited`, value: splitS + auditS, unit: 'CPU s', sides },
      target: isLargest ? { atMost: 60 } : null,
    },
    {
      ...{ what: `${what}, a split of single frames audited`, value: leakyAuditS, unit: 'CPU s', sides: among },
      target: isLargest ? { atMost: 60 } : null,
    },
    {
      what: `${what}, memory at most, all of it`,
      value: peakMb,
      unit: 'MiB',
      target: isLargest ? { atMost: 2048 } : null,
    },
  ]
}

/** Slope of the straight line through (log frames, log seconds). */
function growth(costs: readonly SplitCost[]): Measured {
  const points = costs.map(({ frames, splitS, auditS }) => [Math.log(frames), Math.log(splitS + auditS)])
  const [meanX, meanY] = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length)
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  const value = over / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  const perFrame = costs.map(({ frames, splitS, auditS }) => (1e9 * (splitS + auditS)) / (frames * Math.log2(frames)))
  const sides = `${perFrame.map((ns) => ns.toFixed(0)).join(', ')} ns for each n·log₂ n`
  return { what: 'growth: time ~ frames^p (n·log n is 1.09)', value, unit: '', target: { atMost: mostExponent }, sides }
}

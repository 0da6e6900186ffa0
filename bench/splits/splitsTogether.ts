import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Measured } from '../bench.js'
import { powerOf } from './growth.js'
import { framesPerLog } from './splitFleet.js'

/** What a fleet's split, its audit and the comparison of all its frames took: processor seconds, and MiB at most. */
export interface TogetherCost {
  frames: number
  splitS: number
  auditS: number
  compareS: number
  peakMb: number
  /** Frames that look like one of another part, and how many would by chance. */
  alike: number
  byChance: number
}

/** Split, audited and compared in one process a fleet: figures of the largest, and how the time grows. */
export async function measureTogether(fleets: readonly number[], mostExponent: number): Promise<Measured[]> {
  const costs: TogetherCost[] = []
  for (const frames of fleets) costs.push(await inChild(frames / framesPerLog))
  const { frames, splitS, auditS, compareS, peakMb, alike, byChance } = costs.at(-1)!
  const what = 'split, audited and compared, together'
  const named = `${frames.toLocaleString('en-GB')} frames, ${what}`
  const sides =
    `split ${splitS.toFixed(2)} s, audit ${auditS.toFixed(2)} s, look-alikes ${compareS.toFixed(2)} s; ` +
    `${alike.toLocaleString('en-GB')} frames look alike, ${byChance.toLocaleString('en-GB')} would by chance`
  const growth = powerOf(costs.map((cost) => [cost.frames, cost.splitS + cost.auditS + cost.compareS] as const))
  const grown = `growth of time with frames, as a power (n·log n: 1.09), ${what}`
  return [
    { what: named, value: splitS + auditS + compareS, unit: 'CPU s', target: { atMost: 60 }, sides },
    { what: `${named}, memory`, value: peakMb, unit: 'MiB', target: { atMost: 2048 } },
    { what: grown, value: growth, unit: '', target: { atMost: mostExponent } },
  ]
}

async function inChild(logs: number): Promise<TogetherCost> {
  const child = join(import.meta.dirname, 'splitsTogetherChild.js')
  return JSON.parse((await promisify(execFile)(process.execPath, [child, `${logs}`])).stdout)
}

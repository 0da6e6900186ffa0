import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bench, Measured } from '../bench.js'
import { powerOf } from './growth.js'
import { framesPerLog } from './splitFleet.js'

/** What comparing one fleet's frames took: processor seconds and MiB at most. */
export interface LookAlikeCost {
  frames: number
  /** Frames of val and test, and how often one looks like a frame of another part. */
  queries: number
  alike: number
  isExact: boolean
  cpuS: number
  peakMb: number
}

const fleets = [10_000, 100_000, 1_000_000]
/** n·log n is 1.09 between the smallest and the largest. */
const mostExponent = 1.2

/** Signatures are made up (`signatureFleet.ts`): making them of occupancy costs what reading the dataset costs. */
export const splitsLookAlikes: Bench = {
  name: 'splits-look-alikes',
  question:
    'One million frames: what does it take to find those of another part that look alike, and how does it grow?',
  async run() {
    const clean: LookAlikeCost[] = []
    for (const frames of fleets) clean.push(await inChild(frames, 'clean'))
    const mixed = await inChild(fleets[1], 'mixed')
    const points = clean.map(({ frames, cpuS }) => [frames, cpuS] as const)
    const what = 'growth of time with frames, as a power (n·log n: 1.09), look-alikes'
    return [
      ...clean.map((cost) => figure(cost, 'nothing to be found')),
      figure(mixed, 'all parts on the same streets'),
      { what, value: powerOf(points), unit: '', target: { atMost: mostExponent } },
    ]
  },
}

async function inChild(frames: number, kind: 'clean' | 'mixed'): Promise<LookAlikeCost> {
  const child = join(import.meta.dirname, 'lookAlikesChild.js')
  const { stdout } = await promisify(execFile)(process.execPath, [child, `${frames / framesPerLog}`, kind])
  return JSON.parse(stdout)
}

function figure({ frames, queries, alike, isExact, cpuS, peakMb }: LookAlikeCost, kind: string): Measured {
  const count = (n: number) => n.toLocaleString('en-GB')
  const what = `${count(frames)} frames, look-alikes, ${kind}`
  const sides = `${isExact ? 'exact' : 'quick'}; ${count(queries)} ask, ${count(alike)} found; ${peakMb.toFixed(0)} MiB`
  return { what, value: cpuS, unit: 'CPU s', target: null, sides }
}

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bench, Measured } from '../bench.js'
import { powerOf } from './growth.js'
import type { Recall } from './lookAlikeRecall.js'
import { framesPerLog } from './splitFleet.js'

/** What comparing one fleet's frames took: processor seconds and MiB at most. */
export interface LookAlikeCost {
  frames: number
  /** Frames of val and test, and how often one looks like a frame of another part. */
  queries: number
  alike: number
  /** What a quick search missed, in a sample; null: all was found. */
  recall: Recall | null
  cpuS: number
  peakMb: number
}

const fleets = [10_000, 100_000, 1_000_000]
/** n·log n is 1.09 between the smallest and the largest. */
const mostExponent = 1.2
/** Percent, of what an exact search finds. */
const leastFound = 95
const byChance = 'nothing to be found but by chance'
const onSameStreets = 'all parts on the same streets'

/** Signatures are made up (`signatureFleet.ts`): making them of occupancy costs what reading the dataset costs. */
export const splitsLookAlikes: Bench = {
  name: 'splits-look-alikes',
  question:
    'One million frames: what does it take to find those of another part that look alike, and how does it grow?',
  async run() {
    const clean: LookAlikeCost[] = []
    for (const frames of fleets) clean.push(await inChild(frames, 'clean'))
    const mixed = await inChild(fleets[2], 'mixed')
    const what = 'growth of time with frames, as a power (n·log n: 1.09), look-alikes'
    return [
      ...clean.map((cost) => figure(cost, byChance)),
      figure(mixed, onSameStreets),
      ...[...clean, mixed].flatMap((cost) => recallFigure(cost, cost === mixed ? onSameStreets : byChance)),
      {
        ...{ what, unit: '', target: { atMost: mostExponent } },
        value: powerOf(clean.map(({ frames, cpuS }) => [frames, cpuS] as const)),
      },
    ]
  },
}

async function inChild(frames: number, kind: 'clean' | 'mixed'): Promise<LookAlikeCost> {
  const child = join(import.meta.dirname, 'lookAlikesChild.js')
  const { stdout } = await promisify(execFile)(process.execPath, [child, `${frames / framesPerLog}`, kind])
  return JSON.parse(stdout)
}

function figure({ frames, queries, alike, recall, cpuS, peakMb }: LookAlikeCost, kind: string): Measured {
  const sides = `${recall ? 'quick' : 'exact'}; ${counted(queries)} ask, ${counted(alike)} found; ${peakMb.toFixed(0)} MiB`
  return { what: `${counted(frames)} frames, look-alikes, ${kind}`, value: cpuS, unit: 'CPU s', target: null, sides }
}

/** What is found where nothing is to be found lies just below the limit, and is missed most. */
function recallFigure({ frames, recall }: LookAlikeCost, kind: string): Measured[] {
  if (!recall) return []
  const { asked, alike, found, near, nearFound } = recall
  const what = `${counted(frames)} frames, found of the frames that look like a training frame, ${kind}`
  const target = kind === onSameStreets ? { atLeast: leastFound } : null
  const sides = `${found} of ${alike} in ${counted(asked)} that ask; nearer than 0.15: ${nearFound} of ${near}`
  return [{ what, value: (100 * found) / alike, unit: '%', target, sides }]
}

function counted(n: number): string {
  return n.toLocaleString('en-GB')
}

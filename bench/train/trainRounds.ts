import type { Measured } from '../bench.js'
import { median } from '../rounds.js'
import type { Side, Took } from './side.js'

/** What each side took a frame, round by round. */
export type Rounds = Map<Side, Took[]>

/**
 * Trains the sides by turns, `perRound` steps of one frame each, and returns what a step took. Steps before those that
 * count are for compilers and caches.
 */
export async function trainByTurns(
  sides: readonly Side[],
  frames: readonly number[],
  { rounds, perRound, warmUps = 1 }: { rounds: number; perRound: number; warmUps?: number },
): Promise<Rounds> {
  const took: Rounds = new Map(sides.map((side) => [side, []]))
  for (let round = -warmUps; round < rounds; round++)
    for (const side of sides) {
      const batches = Array.from({ length: perRound }, (_, i) => [
        frames[((round + warmUps) * perRound + i) % frames.length],
      ])
      const all = await side.ask<Took>('train', { batches, learningRates: batches.map(() => 1e-3) })
      const one = { ...all, wallS: all.wallS / perRound, cpuS: all.cpuS / perRound }
      if (round >= 0) took.get(side)!.push(one)
    }
  return took
}

/** Sends frames through encoder and decoder by turns; the first of each side is not counted. */
export async function inferByTurns(sides: readonly Side[], frames: readonly number[], rounds: number): Promise<Rounds> {
  const took: Rounds = new Map(sides.map((side) => [side, []]))
  for (let round = -1; round < rounds; round++)
    for (const side of sides) {
      const answers = await side.ask<Took[]>('infer', { numbers: [frames[(round + 1) % frames.length]] })
      if (round >= 0) took.get(side)!.push(...answers)
    }
  return took
}

export const clocks = { wallS: 'by the clock', cpuS: 'in processor time' } as const
export type Clock = keyof typeof clocks
export const bothClocks = Object.keys(clocks) as Clock[]

export function medianOf(took: Rounds, side: Side, clock: Clock): number {
  return median(took.get(side)!.map((one) => one[clock]))
}

/** Milliseconds of one side by the clock, with its processor time beside them. */
export function alone(took: Rounds, side: Side, what: string, target: Measured['target'] = null): Measured {
  const sides = `${(1e3 * medianOf(took, side, 'cpuS')).toFixed(0)} ms of the processor`
  return { what, value: 1e3 * medianOf(took, side, 'wallS'), unit: 'ms', target, sides }
}

/** The side with the least time. */
export function fastest(took: Rounds, sides: readonly Side[], clock: Clock): Side {
  return sides.reduce((best, side) => (medianOf(took, side, clock) < medianOf(took, best, clock) ? side : best))
}

/** `over` divided by `under`, round by round: the median with the lowest and the highest, and all sides beside it. */
export function ratio(
  took: Rounds,
  over: Side,
  under: Side,
  clock: Clock,
): Pick<Measured, 'value' | 'range' | 'sides'> {
  const ratios = took.get(over)!.map((one, round) => one[clock] / took.get(under)![round][clock])
  const sides = [...took.keys()].map((side) => `${side.name} ${milliseconds(medianOf(took, side, clock))}`)
  return { value: median(ratios), range: [Math.min(...ratios), Math.max(...ratios)], sides: sides.join(', ') }
}

function milliseconds(seconds: number): string {
  return seconds >= 0.1 ? `${(1e3 * seconds).toFixed(0)} ms` : `${(1e3 * seconds).toPrecision(3)} ms`
}

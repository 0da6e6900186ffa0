/** One side of a comparison. */
export interface Side {
  /** Runs once and returns its processor time, seconds: what others do on the machine shows less in it than in a clock. */
  cpuS(): Promise<number>
}

/**
 * Runs the sides by turns, so that what comes and goes on the machine meets all; returns side by side each round's time.
 * Rounds before those that count are for the compilers.
 */
export async function byTurns(sides: readonly Side[], rounds: number, warmUps = 2): Promise<number[][]> {
  const times: number[][] = sides.map(() => [])
  for (let round = -warmUps; round < rounds; round++)
    for (const [n, side] of sides.entries()) {
      const cpuS = await side.cpuS()
      if (round >= 0) times[n].push(cpuS)
    }
  return times
}

/** Processor time of a call on all threads of this process, seconds. */
export async function cpuOf(run: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** How many times as long the other side takes, round by round: the median, the lowest and the highest. */
export function timesFaster(ours: readonly number[], others: readonly number[]) {
  const ratios = ours.map((ourS, round) => others[round] / ourS)
  return { value: median(ratios), range: [Math.min(...ratios), Math.max(...ratios)] as const }
}

/** `ours 18.2 ms, numba 19.0 ms`, the medians for one of `per`. */
export function sidesOf(times: Readonly<Record<string, readonly number[]>>, per = 1): string {
  return Object.entries(times)
    .map(([name, seconds]) => `${name} ${((1e3 * median(seconds)) / per).toPrecision(3)} ms`)
    .join(', ')
}

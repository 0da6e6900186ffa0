/** One measured figure, and what it is held against. */
export interface Measured {
  what: string
  value: number
  unit: string
  /** Null for a figure that is told for what it explains. */
  target: { atLeast: number } | { atMost: number } | null
  /** Lowest and highest of the rounds that `value` is the median of. */
  range?: readonly [number, number]
  /** The sides that were compared, as a reader wants to see them: `ours 18.2 ms, numba 19.0 ms`. */
  sides?: string
}

export interface BenchOptions {
  /** Folder of real data (see `data.ts`); null where there is none. */
  data: string | null
  /** Whether to measure at length what takes more than a few minutes (`--full`). */
  full: boolean
}

/** A benchmark: a line of the registry in `benches.ts`. */
export interface Bench {
  name: string
  question: string
  run(options: BenchOptions): Measured[] | Promise<Measured[]>
}

export function isMet({ value, target }: Measured): boolean {
  if (!target) return true
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
}

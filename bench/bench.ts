/** One measured figure, and what it is held against. */
export interface Measured {
  what: string
  value: number
  unit: string
  target: { atLeast: number }
}

/** A benchmark: a line of the registry in `benches.ts`. */
export interface Bench {
  name: string
  question: string
  run(): Measured[] | Promise<Measured[]>
}

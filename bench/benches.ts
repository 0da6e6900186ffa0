import type { Bench } from './bench.js'
import { simulate } from './simulate.js'

export const benches = { simulate } satisfies Record<string, Bench>

import type { Format } from '../../../../pipeline/ingest/readers.js'
import { argoverse2 } from './argoverse2.js'
import type { Sample } from './sample.js'

/** A sample of every layout that occlab reads: a new reader adds its own here. */
export const samples = { argoverse2 } satisfies Record<Format, Sample>

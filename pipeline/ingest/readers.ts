import { argoverse2 } from './argoverse2/reader.js'
import type { Reader } from './reader.js'

/** Every layout that occlab reads. */
export const readers = { argoverse2 } satisfies Record<string, Reader>

export type Format = keyof typeof readers

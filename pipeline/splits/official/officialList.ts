import type { Part } from '../part.js'

/** The names of a published split: facts about a data set, kept as its authors list them. */
export type OfficialList = Readonly<Record<Part, readonly string[]>>

/** Names that stand apart by white space. */
export function namesIn(text: string): string[] {
  return text.trim().split(/\s+/)
}

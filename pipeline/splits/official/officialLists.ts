import { UsageError } from '../../errors.js'
import { type Part, parts } from '../part.js'
import { argoverse2 } from './argoverse2.js'
import { nuscenes } from './nuscenes.js'
import { nuscenesMini } from './nuscenesMini.js'
import type { OfficialList } from './officialList.js'
import { semantickitti } from './semantickitti.js'

export const officialLists = {
  nuscenes,
  nuscenesMini,
  argoverse2,
  semantickitti,
} satisfies Record<string, OfficialList>

export type OfficialName = keyof typeof officialLists

/** Looks a list up. Throws UsageError that lists them. */
export function officialNamed(name: string): OfficialList {
  if (!Object.hasOwn(officialLists, name))
    throw new UsageError(`no official split '${name}'`, { expected: Object.keys(officialLists).join(' | ') })
  return officialLists[name as OfficialName]
}

/**
 * The part that a published list gives a log; null: the list does not know it. A log is known by the name in the list,
 * alone or behind a word and a dash, as ingest writes it: `08` and `semantickitti-08`, `scene-0061` and
 * `nuscenes-scene-0061`. The word is the list's own, so that `mine-08` is nobody's sequence.
 */
export function officialPartOf(name: string): (logId: string) => Part | null {
  const list = officialNamed(name)
  const partOf = new Map(parts.flatMap((part) => list[part].map((known) => [known, part] as const)))
  const before = `${dataSetOf[name as OfficialName]}-`
  return (logId) => partOf.get(logId.startsWith(before) ? logId.slice(before.length) : logId) ?? null
}

const dataSetOf: Record<OfficialName, string> = {
  nuscenes: 'nuscenes',
  nuscenesMini: 'nuscenes',
  argoverse2: 'argoverse2',
  semantickitti: 'semantickitti',
}

/** Shares of the names of a list, train, val, test: what its authors asked for. */
export function officialShares(name: string): number[] {
  const list = officialNamed(name)
  const all = parts.reduce((sum, part) => sum + list[part].length, 0)
  return parts.map((part) => list[part].length / all)
}

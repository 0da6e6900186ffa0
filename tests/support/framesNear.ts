import type { Encounter } from '../../pipeline/splits/encounter.js'

/** Frames of `group` near `other`, over all encounters. */
export function framesNear(encounters: readonly Encounter[], group: number, other: number): number {
  if (group === other) return 0
  const both = encounters.filter(({ near, groups }) => groups.includes(group) && near.includes(other))
  return both.reduce((sum, { groups, frames }) => sum + frames[groups.indexOf(group)], 0)
}

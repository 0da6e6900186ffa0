import type { Rng } from '../random.js'
import { groupBy } from './groupBy.js'
import type { Group } from './groups.js'
import type { Part } from './part.js'

/**
 * Cuts each site along one seeded direction, part after part, by the shares: neighbours on the map come into one part,
 * so that the buffer takes few frames. Returns what gives the part of each group of `free` (numbers into `groups`) for
 * any shares of the parts.
 */
export function cutAlongMap(
  groups: readonly Group[],
  free: readonly number[],
  choices: readonly Part[],
  rng: Rng,
): (shareOf: ReadonlyMap<Part, number>) => Map<number, Part> {
  const angleRad = rng.uniform(0, 2 * Math.PI)
  const order = rng.shuffle([...choices])
  const placeM = new Map(free.map((group) => [group, alongM(groups[group], angleRad)]))
  const sites = [...groupBy(free, (group) => groups[group].tracks[0].siteId).values()]
  for (const here of sites) here.sort((a, b) => placeM.get(a)! - placeM.get(b)! || a - b)
  return (shareOf) => {
    const result = new Map<number, Part>()
    for (const here of sites) {
      const frames = here.reduce((sum, group) => sum + groups[group].frames, 0)
      let before = 0
      for (const group of here) {
        result.set(group, partAt((before + groups[group].frames / 2) / frames, order, shareOf))
        before += groups[group].frames
      }
    }
    return result
  }
}

/** The part that holds a place, given as share of the way, when the parts lie one after another by their shares. */
function partAt(place: number, order: readonly Part[], shareOf: ReadonlyMap<Part, number>): Part {
  const total = order.reduce((sum, part) => sum + shareOf.get(part)!, 0)
  let upTo = 0
  for (const part of order) {
    upTo += shareOf.get(part)! / total
    if (place < upTo) return part
  }
  return order[order.length - 1]
}

/** Mean place of a group along a direction of the map. */
function alongM({ tracks, frames }: Group, angleRad: number): number {
  const [c, s] = [Math.cos(angleRad), Math.sin(angleRad)]
  const sumsM = tracks.map(({ xM, yM }) => xM.reduce((sum, x, i) => sum + c * x + s * yM[i], 0))
  return sumsM.reduce((a, b) => a + b, 0) / frames
}

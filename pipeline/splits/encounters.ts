import { type Encounter, EncounterTable } from './encounter.js'
import { type CellPoints, CellWindow, sortIntoCells } from './encounterCells.js'
import { groupBy } from './groupBy.js'
import { joined } from './joined.js'
import { KdTree } from './kdTree.js'
import type { LogTrack } from './tracks.js'

/** Of more groups than this around a place, the search for the best assignment need not know every one. */
export const mostAround = 64

/**
 * Finds where groups meet. Only groups that pass through nearby cells of a grid are compared, so the work grows with
 * the number of encounters, not with the square of the frames. Sites are separate frames and never compared. Each frame
 * that is near to another group is in exactly one encounter, and no two encounters of a site are of the same groups.
 *
 * In a crowd, where more than `mostAround` groups pass through the cells around a frame, those in and beside its own
 * cell count, and of the others the nearest cells' until that many are looked at: frames that are near to thousands of
 * groups cannot each name them all. What is left out of a split is found exactly, elsewhere (`buffer.ts`).
 *
 * `groupOf[i]` is the group of `tracks[i]`.
 */
export function findEncounters(tracks: readonly LogTrack[], groupOf: readonly number[], bufferM: number): Encounter[] {
  if (bufferM <= 0) return []
  const sites = groupBy(tracks.keys(), (i) => tracks[i].siteId)
  return [...sites.values()].flatMap((here) => encountersAt(new Places(here, tracks, groupOf), bufferM))
}

/** All places of a site, and a tree of each group's that is built when it is asked for. */
class Places {
  readonly xM: Float64Array
  readonly yM: Float64Array
  readonly group: Int32Array
  private readonly members: Map<number, LogTrack[]>
  private readonly trees = new Map<number, KdTree>()

  constructor(here: readonly number[], tracks: readonly LogTrack[], groupOf: readonly number[]) {
    const mine = here.map((i) => tracks[i])
    this.xM = joined(mine.map(({ xM }) => xM))
    this.yM = joined(mine.map(({ yM }) => yM))
    this.group = new Int32Array(this.xM.length)
    let from = 0
    for (const i of here) {
      const to = from + tracks[i].xM.length
      this.group.fill(groupOf[i], from, to)
      from = to
    }
    const members = groupBy(here, (i) => groupOf[i])
    this.members = new Map([...members].map(([group, some]) => [group, some.map((i) => tracks[i])]))
  }

  isNear(point: number, other: number, bufferM: number): boolean {
    let tree = this.trees.get(other)
    if (!tree) {
      const theirs = this.members.get(other)!
      tree = new KdTree(joined(theirs.map(({ xM }) => xM)), joined(theirs.map(({ yM }) => yM)))
      this.trees.set(other, tree)
    }
    return tree.isNear(this.xM[point], this.yM[point], bufferM)
  }
}

/** Cells have a third of the buffer as their side: what stands in one cell, or in two side by side, is surely near. */
export const cellsPerBuffer = 3

function encountersAt(places: Places, bufferM: number): Encounter[] {
  const cells = sortIntoCells(places.xM, places.yM, places.group, bufferM / cellsPerBuffer)
  const window = new CellWindow(cells, cellsPerBuffer + 1)
  const table = new EncounterTable()
  for (const cell of cells.column.keys()) {
    const { surely, perhaps } = groupsAround(cells, window, cell)
    if (surely.length + perhaps.length === 1) continue
    const noteSurely = perhaps.length === 0 ? table.open(surely) : null
    for (let run = cells.runFrom[cell]; run < cells.runFrom[cell + 1]; run++) {
      const group = cells.group[run]
      const points = cells.order.subarray(cells.pointFrom[run], cells.pointFrom[run + 1])
      if (noteSurely) noteSurely(group, points.length)
      else
        for (const point of points) {
          const near = perhaps.filter((other) => places.isNear(point, other, bufferM))
          table.note(group, 1, near.length === 0 ? surely : ascending([...surely, ...near]))
        }
    }
  }
  return table.encounters()
}

/** Groups that are surely near to all points of a cell, ascending, and those that may be near to some. */
function groupsAround(cells: CellPoints, window: CellWindow, cell: number) {
  const surely = new Set<number>()
  // By how many columns or rows away.
  const perhaps = Array.from({ length: cellsPerBuffer + 2 }, () => new Set<number>())
  const { column, row, runFrom, group } = cells
  window.around(cell, (other) => {
    const away = Math.max(Math.abs(column[other] - column[cell]), Math.abs(row[other] - row[cell]))
    const groups = away <= 1 ? surely : perhaps[away]
    for (let run = runFrom[other]; run < runFrom[other + 1]; run++) groups.add(group[run])
  })
  const doubtful = new Set(perhaps.flatMap((groups) => ascending([...groups])))
  const unsure = [...doubtful].filter((other) => !surely.has(other))
  return { surely: ascending([...surely]), perhaps: unsure.slice(0, Math.max(0, mostAround - surely.size)) }
}

function ascending(groups: number[]): number[] {
  return groups.sort((a, b) => a - b)
}

import { type CellPoints, CellWindow, sortIntoCells } from './encounterCells.js'
import { groupBy } from './groupBy.js'
import { KdTree } from './kdTree.js'
import type { LogTrack } from './tracks.js'

/** Frames of a group that lie nearer than the buffer to frames of the same other groups. */
export interface Encounter {
  group: number
  /** How many frames. */
  frames: number
  /** The other groups, ascending. */
  near: readonly number[]
}

/**
 * Finds where groups meet. Only groups that pass through nearby cells of a grid are compared, so the work grows with
 * the number of encounters, not with the square of the frames. Sites are separate frames and never compared. Each frame
 * that is near to another group is in exactly one encounter, and no two encounters of a site are of the same groups.
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

function joined(columns: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const column of columns) {
    all.set(column, at)
    at += column.length
  }
  return all
}

/** Cells have a third of the buffer as their side: what stands in one cell, or in two side by side, is surely near. */
const cellsPerBuffer = 3

function encountersAt(places: Places, bufferM: number): Encounter[] {
  const cells = sortIntoCells(places.xM, places.yM, places.group, bufferM / cellsPerBuffer)
  const window = new CellWindow(cells, cellsPerBuffer + 1)
  const found = new Map<string, Encounter>()
  const note = (group: number, near: readonly number[], frames: number) => {
    const key = `${group} ${near.join()}`
    const known = found.get(key)
    if (known) known.frames += frames
    else if (near.length > 0) found.set(key, { group, frames, near })
  }
  for (const cell of cells.column.keys()) {
    const { surely, perhaps } = groupsAround(cells, window, cell)
    if (surely.length + perhaps.length === 1) continue
    for (let run = cells.runFrom[cell]; run < cells.runFrom[cell + 1]; run++) {
      const group = cells.group[run]
      const others = surely.filter((other) => other !== group)
      const points = cells.order.subarray(cells.pointFrom[run], cells.pointFrom[run + 1])
      if (perhaps.length === 0) note(group, others, points.length)
      else
        for (const point of points) {
          const near = [...others, ...perhaps.filter((other) => places.isNear(point, other, bufferM))]
          note(group, ascending(near), 1)
        }
    }
  }
  return [...found.values()]
}

/** Groups that are surely near to all points of a cell, and those that may be near to some; ascending, apart. */
function groupsAround(cells: CellPoints, window: CellWindow, cell: number) {
  const [surely, perhaps] = [new Set<number>(), new Set<number>()]
  const { column, row, runFrom, group } = cells
  window.around(cell, (other) => {
    const isBeside = Math.abs(column[other] - column[cell]) <= 1 && Math.abs(row[other] - row[cell]) <= 1
    const groups = isBeside ? surely : perhaps
    for (let run = runFrom[other]; run < runFrom[other + 1]; run++) groups.add(group[run])
  })
  const doubtful = [...perhaps].filter((other) => !surely.has(other))
  return { surely: ascending([...surely]), perhaps: ascending(doubtful) }
}

function ascending(groups: number[]): number[] {
  return groups.sort((a, b) => a - b)
}

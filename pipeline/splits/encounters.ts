import { groupBy } from './groupBy.js'
import { KdTree } from './kdTree.js'
import type { LogTrack } from './tracks.js'

/** Frames of a group that lie nearer than the buffer to frames of the same other groups. */
export interface Encounter {
  group: number
  /** How many frames. */
  frames: number
  /** The other groups. */
  near: readonly number[]
}

/**
 * Finds where groups meet. Only groups that pass through nearby cells of a grid are compared, so the work grows with
 * the number of encounters, not with the square of the frames. Sites are separate frames and never compared. Each frame
 * that is near to another group is in exactly one encounter.
 *
 * `groupOf[i]` is the group of `tracks[i]`.
 */
export function findEncounters(tracks: readonly LogTrack[], groupOf: readonly number[], bufferM: number): Encounter[] {
  if (bufferM <= 0) return []
  const sites = groupBy(tracks.keys(), (i) => tracks[i].siteId)
  return [...sites.values()].flatMap((here) => {
    const members = groupBy(here, (i) => groupOf[i])
    return encountersAt(
      new Map([...members].map(([group, some]) => [group, placesOf(some.map((i) => tracks[i]))])),
      bufferM,
    )
  })
}

/** All places of a group at a site. */
interface Places {
  xM: Float64Array
  yM: Float64Array
  tree: KdTree
}

function placesOf(tracks: readonly LogTrack[]): Places {
  const xM = Float64Array.from(tracks.flatMap((track) => [...track.xM]))
  const yM = Float64Array.from(tracks.flatMap((track) => [...track.yM]))
  return { xM, yM, tree: new KdTree(xM, yM) }
}

/** Cells have a third of the buffer as their side: what stands in one cell, or in two side by side, is surely near. */
const cellsPerBuffer = 3

function encountersAt(groups: ReadonlyMap<number, Places>, bufferM: number): Encounter[] {
  const cells = new Cells(groups, bufferM / cellsPerBuffer)
  const found: Encounter[] = []
  for (const { column, row, members } of cells.all()) {
    const surely = cells.groupsAround(column, row, 1)
    const perhaps = [...cells.groupsAround(column, row, cellsPerBuffer + 1)].filter((other) => !surely.has(other))
    for (const [group, points] of members) {
      const others = [...surely].filter((other) => other !== group)
      const { xM, yM } = groups.get(group)!
      // Frames of one cell that are near to the same of the doubtful groups are one encounter.
      const alike = groupBy(points, (i) =>
        perhaps.filter((other) => other !== group && groups.get(other)!.tree.isNear(xM[i], yM[i], bufferM)).join(),
      )
      for (const [doubtful, some] of alike) {
        const near = doubtful === '' ? others : [...others, ...doubtful.split(',').map(Number)]
        if (near.length > 0) found.push({ group, frames: some.length, near: near.sort((a, b) => a - b) })
      }
    }
  }
  return found
}

interface Cell {
  column: number
  row: number
  /** Numbers of the places in it, by group. */
  members: Map<number, number[]>
}

/** The places of all groups of a site in a square grid. */
class Cells {
  private readonly cells = new Map<number, Cell>()

  constructor(groups: ReadonlyMap<number, Places>, cellM: number) {
    for (const [group, { xM, yM }] of groups)
      for (let i = 0; i < xM.length; i++) this.add(Math.floor(xM[i] / cellM), Math.floor(yM[i] / cellM), group, i)
  }

  all(): Iterable<Cell> {
    return this.cells.values()
  }

  /** Groups in the cells that are at most `reach` away in columns and in rows. */
  groupsAround(column: number, row: number, reach: number): Set<number> {
    const found = new Set<number>()
    for (let i = column - reach; i <= column + reach; i++)
      for (let j = row - reach; j <= row + reach; j++)
        for (const group of this.cells.get(keyOf(i, j))?.members.keys() ?? []) found.add(group)
    return found
  }

  private add(column: number, row: number, group: number, point: number): void {
    const key = keyOf(column, row)
    const cell = this.cells.get(key) ?? { column, row, members: new Map<number, number[]>() }
    this.cells.set(key, cell)
    const points = cell.members.get(group)
    if (points) points.push(point)
    else cell.members.set(group, [point])
  }
}

/** One number for two that are below 2²⁵ in size: 300 km in cells of a centimetre, the world in cells of a metre. */
function keyOf(column: number, row: number): number {
  return (column + 2 ** 25) * 2 ** 26 + row + 2 ** 25
}

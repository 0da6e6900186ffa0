import type { DisjointSets } from './disjointSets.js'
import { type CellPoints, CellWindow, sortIntoCells } from './encounterCells.js'
import { cellsPerBuffer } from './encounters.js'
import { groupBy } from './groupBy.js'
import { joined } from './joined.js'
import { KdTree } from './kdTree.js'
import type { LogTrack } from './tracks.js'

/**
 * Pairs of tracks of one site that come nearer than the buffer to each other: not all of them, but enough that uniting
 * the tracks of each pair in `sets`, before the next is asked for, unites what all pairs would. Tracks that are united
 * already need no pair, so a place that ten thousand tracks pass gives as many pairs, not their square.
 */
export function* nearPairs(
  tracks: readonly LogTrack[],
  sets: DisjointSets,
  bufferM: number,
): Generator<[number, number]> {
  if (bufferM <= 0) return
  for (const here of groupBy(tracks.keys(), (i) => tracks[i].siteId).values()) {
    const site = new SiteCells(here, tracks, bufferM)
    for (const pair of site.candidates()) if (sets.find(pair[0]) !== sets.find(pair[1])) yield pair
    for (const [a, b] of site.distantCells()) {
      // All tracks of a cell are one set by now.
      if (sets.find(site.someTrack(a)) === sets.find(site.someTrack(b))) continue
      const pair = site.nearPair(a, b)
      if (pair) yield pair
    }
  }
}

/** The frames of a site in cells so small that what stands in one, or in two side by side, is surely near. */
class SiteCells {
  private readonly xM: Float64Array
  private readonly yM: Float64Array
  private readonly cells: CellPoints
  private readonly trees = new Map<number, KdTree>()
  /** By frame: number of the track. */
  private readonly track: Int32Array

  constructor(
    here: readonly number[],
    tracks: readonly LogTrack[],
    private readonly bufferM: number,
  ) {
    this.xM = joined(here.map((i) => tracks[i].xM))
    this.yM = joined(here.map((i) => tracks[i].yM))
    this.track = new Int32Array(this.xM.length)
    let from = 0
    for (const i of here) {
      this.track.fill(i, from, from + tracks[i].xM.length)
      from += tracks[i].xM.length
    }
    this.cells = sortIntoCells(this.xM, this.yM, this.track, bufferM / cellsPerBuffer)
  }

  someTrack(cell: number): number {
    return this.cells.group[this.cells.runFrom[cell]]
  }

  /** Pairs that connect the tracks of each cell, and each cell with those beside it. */
  *candidates(): Generator<[number, number]> {
    const { runFrom, group, column } = this.cells
    for (const cell of column.keys())
      for (let run = runFrom[cell] + 1; run < runFrom[cell + 1]; run++) yield [group[runFrom[cell]], group[run]]
    for (const [a, b] of this.cellPairs(1)) yield [this.someTrack(a), this.someTrack(b)]
  }

  /** Cells whose frames may be near to each other. */
  distantCells(): Generator<[number, number]> {
    return this.cellPairs(cellsPerBuffer + 1)
  }

  /** Two tracks that come near to each other in these cells; null: none do. */
  nearPair(a: number, b: number): [number, number] | null {
    const { pointFrom, runFrom, order } = this.cells
    const sizeOf = (cell: number) => pointFrom[runFrom[cell + 1]] - pointFrom[runFrom[cell]]
    const [few, many] = sizeOf(a) < sizeOf(b) ? [a, b] : [b, a]
    const tree = this.treeOf(many)
    for (let place = pointFrom[runFrom[few]]; place < pointFrom[runFrom[few + 1]]; place++) {
      const point = order[place]
      const found = tree.nearest(this.xM[point], this.yM[point], this.bufferM)
      if (found) return [this.track[point], this.track[order[pointFrom[runFrom[many]] + found.index]]]
    }
    return null
  }

  private *cellPairs(reach: number): Generator<[number, number]> {
    const window = new CellWindow(this.cells, reach)
    for (const cell of this.cells.column.keys()) {
      const others: number[] = []
      window.around(cell, (other) => {
        if (other > cell) others.push(other)
      })
      for (const other of others) yield [cell, other]
    }
  }

  private treeOf(cell: number): KdTree {
    const known = this.trees.get(cell)
    if (known) return known
    const { pointFrom, runFrom, order } = this.cells
    const points = order.subarray(pointFrom[runFrom[cell]], pointFrom[runFrom[cell + 1]])
    const at = (values: Float64Array) => Float64Array.from(points, (point) => values[point])
    const tree = new KdTree(at(this.xM), at(this.yM))
    this.trees.set(cell, tree)
    return tree
  }
}

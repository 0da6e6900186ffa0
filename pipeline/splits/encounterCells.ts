/** Points of several groups, sorted into the cells of a square grid; a column of numbers for each fact. */
export interface CellPoints {
  /** Points in the order of their cells (column, then row), in a cell in the order of their groups. */
  order: Int32Array
  /** Cell c holds the runs `runFrom[c]` … `runFrom[c + 1]` − 1; column and row of the cell. */
  runFrom: number[]
  column: number[]
  row: number[]
  /** Run r is the points of one group in one cell: `order[pointFrom[r]]` … `order[pointFrom[r + 1] − 1]`. */
  pointFrom: number[]
  group: number[]
}

/** Sorts points into cells of side `cellM`, in O(n log n). */
export function sortIntoCells(xM: Float64Array, yM: Float64Array, group: Int32Array, cellM: number): CellPoints {
  const column = xM.map((x) => Math.floor(x / cellM))
  const row = yM.map((y) => Math.floor(y / cellM))
  const order = new Int32Array(xM.length).map((_, i) => i)
  order.sort((a, b) => column[a] - column[b] || row[a] - row[b] || group[a] - group[b] || a - b)
  const cells: CellPoints = { order, runFrom: [], column: [], row: [], pointFrom: [], group: [] }
  for (let place = 0; place < order.length; place++) {
    const [point, before] = [order[place], order[place - 1]]
    const isNewCell = place === 0 || column[point] !== column[before] || row[point] !== row[before]
    if (isNewCell) {
      cells.runFrom.push(cells.group.length)
      cells.column.push(column[point])
      cells.row.push(row[point])
    }
    if (!isNewCell && group[point] === group[before]) continue
    cells.pointFrom.push(place)
    cells.group.push(group[point])
  }
  cells.runFrom.push(cells.group.length)
  cells.pointFrom.push(order.length)
  return cells
}

/**
 * Goes through the cells in order and says which cells lie at most `reach` columns and rows away. Per column the window
 * only moves on, so that all cells together cost little more than their neighbours.
 */
export class CellWindow {
  private readonly starts: Int32Array

  constructor(
    private readonly cells: Pick<CellPoints, 'column' | 'row'>,
    private readonly reach: number,
  ) {
    this.starts = new Int32Array(2 * reach + 1)
  }

  /** Calls `visit` for every cell around `cell`, itself too. Cells must be asked for in ascending order. */
  around(cell: number, visit: (other: number) => void): void {
    const { column, row } = this.cells
    const [low, high] = [row[cell] - this.reach, row[cell] + this.reach]
    for (let i = 0; i < this.starts.length; i++) {
      const wanted = column[cell] + i - this.reach
      let at = this.starts[i]
      while (at < column.length && (column[at] < wanted || (column[at] === wanted && row[at] < low))) at++
      this.starts[i] = at
      for (; at < column.length && column[at] === wanted && row[at] <= high; at++) visit(at)
    }
  }
}

import { DataError } from '../../errors.js'
import { voxelCount } from '../../grid.js'
import type { NpyArray } from '../files/npy.js'
import { freeCategory } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'
import { maxCode, type VoxelDescription } from './description.js'

/** Marks in the table from codes to categories; a description has fewer classes than that. */
const [undescribed, unknown] = [255, 254]

/** Where an array stands. */
export interface ArrayPlace {
  file: string
  /** Name in its archive, for messages; '' for a file of its own. */
  array: string
}

/** One grid in the source's own axes; one entry a voxel, z fastest. */
export interface DecodedVoxels {
  /** Indices in `VoxelDecoder.categories`; free where nothing is known. */
  categories: Uint8Array
  /** 1 = the source says what is there. */
  known: Uint8Array
}

/** Turns the arrays of one description into grids: x, y, z whatever their order was, categories whatever their codes. */
export class VoxelDecoder {
  /** Names of the categories, each once. */
  readonly categories: readonly string[]
  /** By code: index of the category, or one of the marks. */
  private readonly table = new Uint8Array(maxCode + 1).fill(undescribed)
  private readonly free: number

  constructor(
    private readonly description: VoxelDescription,
    private readonly skips: SkipCounter,
  ) {
    const { classes, unknown: unknownCodes } = description
    this.categories = [...new Set([...Object.values(classes), freeCategory])]
    this.free = this.categories.indexOf(freeCategory)
    for (const [code, name] of Object.entries(classes)) this.table[Number(code)] = this.categories.indexOf(name)
    for (const code of unknownCodes) this.table[code] = unknown
  }

  /** Throws DataError for another shape, and for a code that the description does not have. */
  voxels(array: NpyArray, place: ArrayPlace): DecodedVoxels {
    const count = voxelCount(this.description.grid)
    const decoded = { categories: new Uint8Array(count).fill(this.free), known: new Uint8Array(count).fill(1) }
    if (this.description.layout === 'dense') this.fillDense(array, place, decoded)
    else this.fillSparse(array, place, decoded)
    return decoded
  }

  /** One byte a voxel, 0 or 1, of a dense array. Throws DataError for another shape. */
  mask(array: NpyArray, place: ArrayPlace): Uint8Array {
    const mask = new Uint8Array(voxelCount(this.description.grid))
    this.forEachVoxel(array, place, (to, from) => {
      if (Number(array.data[from]) !== 0) mask[to] = 1
    })
    return mask
  }

  private fillDense(array: NpyArray, place: ArrayPlace, { categories, known }: DecodedVoxels): void {
    const { data } = array
    this.forEachVoxel(array, place, (to, from) => {
      const category = this.categoryOf(Number(data[from]), place, from)
      if (category === unknown) known[to] = 0
      else categories[to] = category
    })
  }

  private fillSparse({ shape, data }: NpyArray, place: ArrayPlace, { categories, known }: DecodedVoxels): void {
    const [rows, columns] = shape
    if (shape.length !== 2 || columns < 4) throw shapeError(place, '(rows, 3 indices … code)', shape)
    const { axes, grid } = this.description
    const [x, y, z] = ['x', 'y', 'z'].map((axis) => axes.indexOf(axis))
    const listed = new Uint8Array(categories.length)
    let [outside, firstOutside, twice, firstTwice] = [0, 0, 0, 0]
    for (let row = 0, at = 0; row < rows; row++, at += columns) {
      const [i, j, k] = [Number(data[at + x]), Number(data[at + y]), Number(data[at + z])]
      const to = cellOf(i, grid.dims[0]) && cellOf(j, grid.dims[1]) && cellOf(k, grid.dims[2])
      const category = this.categoryOf(Number(data[at + columns - 1]), place, at + columns - 1)
      if (!to) {
        if (outside++ === 0) firstOutside = row
        continue
      }
      const voxel = (i * grid.dims[1] + j) * grid.dims[2] + k
      if (listed[voxel]) {
        if (twice++ === 0) firstTwice = row
        continue
      }
      listed[voxel] = 1
      if (category === unknown) known[voxel] = 0
      else categories[voxel] = category
    }
    const file = place.file
    this.skips.add('voxel', 'its indices are not in the grid', `${file}, row ${firstOutside}`, outside)
    this.skips.add('voxel', 'listed a second time', `${file}, row ${firstTwice}`, twice)
  }

  /** Visits a dense array in the grid's own order: the voxel, and the element that holds it. */
  private forEachVoxel({ shape }: NpyArray, place: ArrayPlace, visit: (voxel: number, element: number) => void): void {
    const { axes, grid } = this.description
    const expected = [...axes].map((axis) => grid.dims['xyz'.indexOf(axis)])
    if (shape.join() !== expected.join()) throw shapeError(place, `(${expected.join(', ')}), axes ${axes}`, shape)
    const [dx, dy, dz] = [...'xyz'].map((axis) =>
      expected.slice(axes.indexOf(axis) + 1).reduce((product, length) => product * length, 1),
    )
    const [X, Y, Z] = grid.dims
    let voxel = 0
    for (let i = 0; i < X; i++)
      for (let j = 0; j < Y; j++)
        for (let k = 0, element = i * dx + j * dy; k < Z; k++, element += dz) visit(voxel++, element)
  }

  private categoryOf(code: number, { file, array }: ArrayPlace, element: number): number {
    const category = Number.isInteger(code) && code >= 0 && code <= maxCode ? this.table[code] : undescribed
    if (category !== undescribed) return category
    const { classes, unknown: unknownCodes } = this.description
    throw new DataError('a code that stands for no class', {
      file,
      place: `${array && `array '${array}', `}element ${element}`,
      expected: [...Object.keys(classes), ...unknownCodes].join(', '),
      actual: `${code}`,
    })
  }
}

function cellOf(index: number, cells: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < cells
}

function shapeError({ file, array }: ArrayPlace, expected: string, shape: readonly number[]): DataError {
  const place = array ? `array '${array}'` : undefined
  return new DataError('an array of another shape', { file, place, expected, actual: `(${shape.join(', ')})` })
}

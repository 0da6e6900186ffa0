import type { NpyData } from './npy.js'

/** The same array with its last axis fastest, from `data` with its first axis fastest (Fortran order). */
export function cOrder(data: NpyData, shape: readonly number[]): NpyData {
  if (shape.filter((length) => length > 1).length < 2) return data
  const out = data.slice()
  // Where the next element along each axis lies in `data`.
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, length) => product * length, 1))
  const index = new Array<number>(shape.length).fill(0)
  for (let to = 0, from = 0; to < out.length; to++) {
    out[to] = data[from]
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]
      if (++index[axis] < shape[axis]) break
      from -= strides[axis] * shape[axis]
      index[axis] = 0
    }
  }
  return out
}

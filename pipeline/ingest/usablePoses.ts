/** Where poses come from, for messages. */
export interface PoseColumns {
  file: string
  timestampNs: BigInt64Array
  /** Four columns, order w x y z. */
  q: readonly Float64Array[]
  /** Three columns, metres in the city frame. */
  t: readonly Float64Array[]
}

/** Rows that are no part of a track, and why. */
export interface LeftOutPoses {
  why: 'not later than the pose before it' | 'not a pose'
  /** Row of the file of the first one. */
  row: number
  count: number
}

/** Rows that are poses and later than all poses before them. */
export function usableRows({ timestampNs, q, t }: PoseColumns): { rows: Int32Array; leftOut: LeftOutPoses[] } {
  const leftOut = new Map<LeftOutPoses['why'], LeftOutPoses>()
  const rows: number[] = []
  const [w, qx, qy, qz] = q
  const [x, y, z] = t
  let lastNs: bigint | null = null
  for (let row = 0; row < timestampNs.length; row++) {
    const norm = Math.sqrt(w[row] ** 2 + qx[row] ** 2 + qy[row] ** 2 + qz[row] ** 2)
    const isPose =
      Math.abs(norm - 1) < 0.01 && Number.isFinite(x[row]) && Number.isFinite(y[row]) && Number.isFinite(z[row])
    const isLater = lastNs === null || timestampNs[row] > lastNs
    if (isPose && isLater) {
      rows.push(row)
      lastNs = timestampNs[row]
      continue
    }
    const why = isPose ? 'not later than the pose before it' : 'not a pose'
    const known = leftOut.get(why)
    if (known) known.count++
    else leftOut.set(why, { why, row, count: 1 })
  }
  return { rows: Int32Array.from(rows), leftOut: [...leftOut.values()] }
}

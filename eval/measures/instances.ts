import type { Grid } from '../../pipeline/grid.js'
import { forEachBoxVoxel } from '../../pipeline/ingest/occupancy/boxVoxels.js'
import { type Pose, transform } from '../../pipeline/pose.js'
import type { SceneObject } from '../../pipeline/schema.js'

/** One thing in a map seen from above. */
export interface Instance {
  id: string
  classIndex: number
  /** Columns i·Y + j that it covers. */
  columns: Int32Array
  /** Where its columns lie on average, city frame, metres. */
  cityM: readonly [number, number]
}

/** The annotated things that have voxels of their class in the grid. `counts` says which classes are things. */
export function trueInstances(
  semantics: Uint8Array,
  objects: readonly SceneObject[],
  grid: Grid,
  cityFromEgo: Pose,
  counts: (classIndex: number) => boolean,
): Instance[] {
  return objects.flatMap(({ trackId, classIndex, egoFromObject, sizeM }) => {
    if (!counts(classIndex)) return []
    const columns = new Set<number>()
    forEachBoxVoxel(grid, egoFromObject, sizeM, (voxel) => {
      if (semantics[voxel] === classIndex) columns.add(Math.floor(voxel / grid.dims[2]))
    })
    return columns.size === 0 ? [] : [instance(trackId, classIndex, Int32Array.from(columns), grid, cityFromEgo)]
  })
}

/** Connected columns of one class (eight neighbours) are a thing: what a grid without instances can say of them. */
export function predictedInstances(
  semantics: Uint8Array,
  grid: Grid,
  cityFromEgo: Pose,
  counts: (classIndex: number) => boolean,
): Instance[] {
  const [X, Y] = grid.dims
  const classOf = columnClasses(semantics, grid, counts)
  const found: Instance[] = []
  const waiting: number[] = []
  for (let start = 0; start < classOf.length; start++) {
    const classIndex = classOf[start]
    if (classIndex < 0) continue
    const columns: number[] = []
    waiting.push(start)
    classOf[start] = -1
    while (waiting.length > 0) {
      const column = waiting.pop()!
      columns.push(column)
      const [i, j] = [Math.floor(column / Y), column % Y]
      for (let di = -1; di <= 1; di++)
        for (let dj = -1; dj <= 1; dj++) {
          const [x, y] = [i + di, j + dj]
          if (x < 0 || y < 0 || x >= X || y >= Y || classOf[x * Y + y] !== classIndex) continue
          classOf[x * Y + y] = -1
          waiting.push(x * Y + y)
        }
    }
    found.push(instance(`${found.length}`, classIndex, Int32Array.from(columns), grid, cityFromEgo))
  }
  return found
}

/** The class of the highest thing in each column, −1 without one. */
function columnClasses(semantics: Uint8Array, { dims: [X, Y, Z] }: Grid, counts: (classIndex: number) => boolean) {
  const isThing = Uint8Array.from({ length: 256 }, (_, index) => (counts(index) ? 1 : 0))
  const classes = new Int16Array(X * Y).fill(-1)
  for (let column = 0; column < X * Y; column++)
    for (let k = Z - 1; k >= 0; k--) {
      const label = semantics[column * Z + k]
      if (!isThing[label]) continue
      classes[column] = label
      break
    }
  return classes
}

function instance(id: string, classIndex: number, columns: Int32Array, grid: Grid, cityFromEgo: Pose): Instance {
  const { originM, voxelM, dims } = grid
  let [x, y] = [0, 0]
  for (const column of columns) {
    x += (Math.floor(column / dims[1]) + 0.5) * voxelM
    y += ((column % dims[1]) + 0.5) * voxelM
  }
  const inEgo = [originM[0] + x / columns.length, originM[1] + y / columns.length, 0] as const
  const [cityX, cityY] = transform(cityFromEgo, inEgo)
  return { id, classIndex, columns, cityM: [cityX, cityY] }
}

/** Fastest that a thing is taken to go from one forecast to the next, beside the smallest gate. */
const [maxSpeedMps, minGateM] = [15, 2]

/**
 * Gives predicted things of the next forecast the ids of those before them: nearest first, of the same class, within what
 * a thing can cover from where its own motion so far would take it; what finds none gets a new id. Grids have no ids of
 * their own, so this plain tracker is part of the measure.
 */
export class InstanceTracker {
  private before: { id: string; classIndex: number; cityM: readonly [number, number]; velocity: [number, number] }[] =
    []
  private next = 0

  follow(now: readonly Instance[], dtS: number): Instance[] {
    const gate = Math.max(minGateM, maxSpeedMps * dtS)
    const pairs = now.flatMap((thing, i) =>
      this.before.flatMap((old, b) => {
        if (old.classIndex !== thing.classIndex) return []
        const [x, y] = [old.cityM[0] + old.velocity[0] * dtS, old.cityM[1] + old.velocity[1] * dtS]
        const apart = Math.hypot(thing.cityM[0] - x, thing.cityM[1] - y)
        return apart <= gate ? [{ i, b, apart }] : []
      }),
    )
    pairs.sort((p, q) => p.apart - q.apart || p.i - q.i || p.b - q.b)
    const [taken, used] = [new Map<number, number>(), new Set<number>()]
    for (const { i, b } of pairs) {
      if (taken.has(i) || used.has(b)) continue
      taken.set(i, b)
      used.add(b)
    }
    const named = now.map((thing, i) => {
      const old = taken.has(i) ? this.before[taken.get(i)!] : null
      const velocity = (axis: 0 | 1) => (old && dtS > 0 ? (thing.cityM[axis] - old.cityM[axis]) / dtS : 0)
      return { ...thing, id: old?.id ?? `p${this.next++}`, velocity: [velocity(0), velocity(1)] as [number, number] }
    })
    this.before = named
    return named
  }
}

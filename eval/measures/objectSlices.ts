import type { SceneObject } from '../../pipeline/schema.js'

/** A property of a thing, cut at bounds: bin b holds bounds[b − 1] ≤ x < bounds[b]. */
interface Property {
  name: string
  unit: string
  bounds: readonly number[]
  /** Null where the source does not say. */
  of(object: SceneObject): number | null
}

/** Bounds of speed and distance are Waymo's (https://arxiv.org/abs/1912.04838), with finer ones near the ego. */
const properties: readonly Property[] = [
  {
    ...{ name: 'distance', unit: 'm', bounds: [10, 20, 30, 50] },
    of: ({ egoFromObject: { t } }) => Math.hypot(t[0], t[1]),
  },
  {
    ...{ name: 'speed', unit: 'm/s', bounds: [0.2, 1, 3, 10] },
    of: ({ velocityMps: v }) => v && Math.hypot(v[0], v[1]),
  },
  { ...{ name: 'length', unit: 'm', bounds: [1, 3, 6, 10] }, of: ({ sizeM }) => Math.max(...sizeM) },
  { ...{ name: 'points', unit: '', bounds: [1, 5, 50, 500] }, of: ({ interiorPoints }) => interiorPoints },
]

/** The slices that a thing belongs to: `speed=1–3 m/s`. */
export function objectSlices(object: SceneObject): string[] {
  return properties.flatMap(({ name, unit, bounds, of }) => {
    const x = of(object)
    return x === null ? [] : [`${name}=${binOf(x, bounds)}${unit && ` ${unit}`}`]
  })
}

/** In words: `under 0.2`, `1–3`, `10 up`. */
function binOf(x: number, bounds: readonly number[]): string {
  const bin = bounds.findIndex((bound) => x < bound)
  if (bin === 0) return `under ${bounds[0]}`
  return bin < 0 ? `${bounds[bounds.length - 1]} up` : `${bounds[bin - 1]}–${bounds[bin]}`
}

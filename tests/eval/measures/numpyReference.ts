import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { classGroups } from '../../../eval/measures/classGroups.js'
import { classSize } from '../../../eval/measures/classSize.js'
import { heights } from '../../../eval/measures/heights.js'
import type { FrameMeasure, Sums, Value, World } from '../../../eval/measures/measure.js'
import { rayOriginM } from '../../../eval/measures/rays.js'
import { rings } from '../../../eval/measures/rings.js'
import { visibility } from '../../../eval/measures/visibility.js'
import { type Policy, policies } from '../../../eval/metrics/policies.js'
import { freeIndex } from '../../../pipeline/taxonomy.js'
import { type MadeScene, scoredOf } from './randomScene.js'

/** mIoU, the IoU of each scored class and of occupied against free. */
type Scores = [number | null, (number | null)[], number | null]
type ByPolicy<Kind> = Record<string, Kind>

/** What `tests/eval/python/measures.py` says of one scene. */
export interface Reference {
  all: ByPolicy<Scores>
  slices: Record<string, ByPolicy<Scores>>
  groups: Record<string, ByPolicy<[number | null, number | null]>>
  boundary: ByPolicy<{ f1: number | null; mean: number | null; each: (number | null)[] }>
  rays: { counts: number[]; mean: number | null; each: (number | null)[] } | null
}

/** Asks NumPy about all scenes at once; rays are cast in every fourth, for they take longest. */
export function numpyReference(scenes: readonly MadeScene[]): Reference[] {
  const folder = mkdtempSync(join(tmpdir(), 'occlab-measures-'))
  try {
    const file = join(folder, 'cases.json')
    writeFileSync(file, JSON.stringify(scenes.map(caseOf)))
    const script = resolve(import.meta.dirname, '..', 'python', 'measures.py')
    const { status, stdout, stderr } = spawnSync('python3', [script, file], { encoding: 'utf8', maxBuffer: 1 << 30 })
    if (status !== 0) throw new Error(stderr)
    return JSON.parse(stdout)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function caseOf({ world, frames }: MadeScene, number: number) {
  const { grid, taxonomy } = world
  const { classes } = taxonomy
  const others = classes.findIndex(({ name }) => name === 'others')
  return {
    ...{ dims: grid.dims, originM: grid.originM, voxelM: grid.voxelM },
    ...{ classes: classes.length, free: freeIndex(taxonomy), others },
    frames: frames.map((frame) => Object.fromEntries(Object.entries(frame).map(([name, bytes]) => [name, [...bytes]]))),
    rings: boundsOf(slicesOf(rings, world, policies.occlab)),
    heights: boundsOf(slicesOf(heights, world, policies.occlab)),
    visibility: slicesOf(visibility, world, policies.occworld),
    groups: Object.fromEntries(
      [classSize, classGroups]
        .flatMap((measure) => slicesOf(measure, world, policies.occlab))
        .map((slice) => [
          slice,
          classes.flatMap(({ name, superclass }, index) => (membership[slice](name, superclass) ? [index] : [])),
        ]),
    ),
    rayOriginM: rayOriginM(grid),
    castsRays: number % 4 === 0,
  }
}

/** Who belongs to which group, written out. */
const membership: Record<string, (name: string, superclass: string) => boolean> = {
  'size=under 2.5 m': (name) => name === 'pedestrian',
  'size=2.5–7 m': (name) => name === 'car',
  'size=over 7 m': (name) => name === 'bus',
  'superclass=object': (name) => name === 'others',
  'superclass=vehicle': (name) => name === 'car' || name === 'bus',
  'superclass=person': (name) => name === 'pedestrian',
  'superclass=ground': (name) => name === 'drivable',
}

function slicesOf(measure: FrameMeasure, world: World, policy: Policy): string[] {
  return [...measure.counter(world, policy).sums()].map(({ slice }) => slice)
}

/** What the names of slices promise: `range=0–30 m` and `height=-1 to 0.5 m` are [low, high), `ring=50+ m` is open. */
function boundsOf(slices: readonly string[]): Record<string, [number, number]> {
  return Object.fromEntries(
    slices.map((slice) => {
      const [, low, high] = slice.match(/=(-?[\d.]+)(?:(?:–| to )(-?[\d.]+)|\+) m$/)!
      return [slice, [Number(low), high === undefined ? 1e9 : Number(high)]]
    }),
  )
}

/** The values that a measure gives a scene, by slice. */
export function measured(measure: FrameMeasure, { world, frames }: MadeScene, policy: Policy) {
  const counter = measure.counter(world, policy)
  for (const frame of frames) counter.add(scoredOf(frame))
  const values = measure.values(world, policy)
  return Object.fromEntries([...counter.sums()].map((sums) => [sums.slice, valuesOf(values, sums)]))
}

function valuesOf(values: readonly Value[], { sums }: Sums) {
  const of = (metric: string) => values.filter((value) => value.metric === metric).map(({ score }) => score(sums))
  return { sums, of, one: (metric: string) => of(metric)[0] }
}

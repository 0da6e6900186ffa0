import { bitAt } from '../../pipeline/grid.js'
import { type Policy, scoredClasses } from '../metrics/policies.js'
import { notApplicable, ratio, type Score } from '../metrics/score.js'
import { maskOf } from '../policyMask.js'
import { HorizonSums } from './horizonSums.js'
import { type Instance, InstanceTracker, predictedInstances, trueInstances } from './instances.js'
import type { Counter, ScoredWindow, Value, WindowMeasure, World } from './measure.js'
import { remembered } from './remembered.js'

/** Numbers a class and horizon: Σ IoU of matches, matches, false, missed, Σ error of motion (m), motions compared. */
const [iouAt, matchAt, falseAt, missedAt, errorAt, motionsAt, perClass] = [0, 1, 2, 3, 4, 5, 6]
/** A predicted and a true thing match when they overlap by more than this; then no other can. */
const matchIou = 0.5

/**
 * Panoptic quality of things over time, seen from above: Σ IoU / (matches + ½ false + ½ missed), where a match counts only
 * if the true thing had the same predicted one for its partner when they last overlapped enough; a new partner is a fault
 * once and the partner from then on (Kim et al. 2020, https://arxiv.org/abs/2006.11339; for forecasts in bird's-eye view Hu
 * et al. 2021, https://arxiv.org/abs/2104.10490, and their code). Predicted things are connected columns of one class,
 * followed from the last frame seen by a plain tracker; where the two match twice in a row, the error of how far it moved
 * in between is the error of its flow.
 *
 * Columns without a scored voxel are void as in panoptic quality (Kirillov et al. 2019, https://arxiv.org/abs/1801.00868,
 * §4.1): they are in no overlap, and a predicted thing that lies in them by more than half is not false.
 */
export const panoptic: WindowMeasure = {
  name: 'panoptic',
  reads: 'windows',
  what: 'panoptic quality of things over time (VPQ, from above) and the error of their motion between forecasts',
  source: 'VPQ, https://arxiv.org/abs/2006.11339, as in FIERY, https://arxiv.org/abs/2104.10490',
  policies: 'each',
  values({ taxonomy }, policy) {
    const things = thingClasses(taxonomy.classes, scoredClasses(policy, taxonomy))
    return [
      { ...quality('vpq', null, things), headline: true },
      motionError(things),
      ...things.map((index) => quality('vpq', taxonomy.classes[index].name, [index])),
    ]
  },
  counter: (world, policy) => new PanopticCounter(world, policy),
}

/** Classes whose things can be told apart. */
function thingClasses(classes: readonly { superclass: string }[], scored: readonly number[]): number[] {
  return scored.filter((index) => ['vehicle', 'person'].includes(classes[index].superclass))
}

function quality(metric: string, className: string | null, classes: readonly number[]): Value {
  return {
    ...{ metric, unit: 'ratio', countOf: 'things', className, better: 'higher', headline: false },
    score: (sums): Score => {
      const add = (at: number) => classes.reduce((sum, index) => sum + sums[index * perClass + at], 0)
      const [matches, wrong, missed] = [add(matchAt), add(falseAt), add(missedAt)]
      const weight = matches + wrong / 2 + missed / 2
      return weight === 0 ? notApplicable : { value: add(iouAt) / weight, count: matches + wrong + missed }
    },
  }
}

function motionError(classes: readonly number[]): Value {
  return {
    ...{ metric: 'motion_error', unit: 'm', countOf: 'motions', className: null, better: 'lower', headline: false },
    score: (sums) => {
      const add = (at: number) => classes.reduce((sum, index) => sum + sums[index * perClass + at], 0)
      return ratio(add(errorAt), add(motionsAt))
    },
  }
}

type Match = Record<'truth' | 'predicted', Instance>

class PanopticCounter implements Counter<ScoredWindow> {
  private readonly horizons: HorizonSums
  private readonly isThing: (classIndex: number) => boolean

  constructor(
    private readonly world: World,
    private readonly policy: Policy,
  ) {
    const { taxonomy } = world
    const things = new Set(thingClasses(taxonomy.classes, scoredClasses(policy, taxonomy)))
    this.horizons = new HorizonSums(perClass * taxonomy.classes.length)
    this.isThing = (index) => things.has(index)
  }

  /** The tracker starts from the last frame seen, which every forecaster knows. */
  add({ last, ahead }: ScoredWindow): void {
    const { grid } = this.world
    const tracker = new InstanceTracker()
    tracker.follow(predictedInstances(last.semantics, grid, last.cityFromEgo, this.isThing), 0)
    const partners = new Map<string, string>()
    let [beforeS, before] = [0, new Map<string, Match>()]
    for (const { truth, objects, predicted, horizonS, cityFromEgo } of ahead) {
      const found = tracker.follow(predictedInstances(predicted, grid, cityFromEgo, this.isThing), horizonS! - beforeS)
      beforeS = horizonS!
      if (!objects) {
        before = new Map()
        continue
      }
      const mask = maskOf(this.policy, truth, this.world.taxonomy)
      const isScored = mask && columnsOf(this.world)(mask)
      const known = trueInstances(truth.semantics, objects, grid, truth.cityFromEgo, this.isThing)
      const sums = this.horizons.at(horizonS!)
      const matches = matchesOf(scoredPart(known, isScored, 0), scoredPart(found, isScored, 0.5), partners, sums)
      addMotions(before, matches, sums)
      before = matches
    }
  }

  sums() {
    return this.horizons.all()
  }
}

/** 1 for each column with a voxel of a mask, [X·Y]; of each mask once for all forecasters. */
const columnsOf = remembered<World, (mask: Uint8Array) => Uint8Array>(({ grid: { dims } }) =>
  remembered((mask) => {
    const [X, Y, Z] = dims
    const columns = new Uint8Array(X * Y)
    for (let voxel = 0; voxel < X * Y * Z; voxel++) if (bitAt(mask, voxel)) columns[Math.floor(voxel / Z)] = 1
    return columns
  }),
)

/** What a thing is scored by, and whether it is false without a match. */
interface ScoredThing extends Instance {
  canBeFalse: boolean
}

/** Things without their columns that are not scored; those of which nothing is left are neither found nor invented. */
function scoredPart(
  things: readonly Instance[],
  isScored: Uint8Array | undefined,
  leastShare: number,
): readonly ScoredThing[] {
  return things.flatMap((thing) => {
    const columns = isScored ? thing.columns.filter((column) => isScored[column]) : thing.columns
    const canBeFalse = columns.length >= leastShare * thing.columns.length
    return columns.length === 0 ? [] : [{ ...thing, columns, canBeFalse }]
  })
}

/** Counts matches, false and missed things; returns the matches by true id. */
function matchesOf(
  known: readonly Instance[],
  found: readonly ScoredThing[],
  partners: Map<string, string>,
  sums: Float64Array,
): Map<string, Match> {
  const holder = new Map(found.flatMap((thing) => Array.from(thing.columns, (column) => [column, thing] as const)))
  const matches = new Map<string, Match>()
  const used = new Set<Instance>()
  for (const truth of known) {
    const best = partnerOf(truth, holder)
    const before = partners.get(truth.id)
    const at = truth.classIndex * perClass
    if (best) partners.set(truth.id, best.predicted.id)
    if (best && (before === undefined || before === best.predicted.id)) {
      used.add(best.predicted)
      matches.set(truth.id, { truth, predicted: best.predicted })
      sums[at + iouAt] += best.iou
      sums[at + matchAt]++
    } else sums[at + missedAt]++
  }
  for (const predicted of found)
    if (predicted.canBeFalse && !used.has(predicted)) sums[predicted.classIndex * perClass + falseAt]++
  return matches
}

/** The predicted thing of its class that a true one overlaps enough with; `holder` says whose a column is. */
function partnerOf({ columns, classIndex }: Instance, holder: ReadonlyMap<number, Instance>) {
  const both = new Map<Instance, number>()
  for (const column of columns) {
    const thing = holder.get(column)
    if (thing?.classIndex === classIndex) both.set(thing, (both.get(thing) ?? 0) + 1)
  }
  for (const [predicted, shared] of both) {
    const iou = shared / (columns.length + predicted.columns.length - shared)
    if (iou > matchIou) return { predicted, iou }
  }
  return null
}

/** The error of the predicted displacement of things that match at both forecasts. */
function addMotions(before: ReadonlyMap<string, Match>, now: ReadonlyMap<string, Match>, sums: Float64Array): void {
  for (const [id, { truth, predicted }] of now) {
    const earlier = before.get(id)
    if (!earlier) continue
    const off = ([0, 1] as const).map(
      (axis) => predicted.cityM[axis] - earlier.predicted.cityM[axis] - (truth.cityM[axis] - earlier.truth.cityM[axis]),
    )
    const at = truth.classIndex * perClass
    sums[at + errorAt] += Math.hypot(...off)
    sums[at + motionsAt]++
  }
}

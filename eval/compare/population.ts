import { UsageError } from '../../pipeline/errors.js'
import { canonicalJson } from '../../pipeline/hash.js'
import { isBaseline } from '../baselines.js'
import { keyOf, type Tally } from '../scoreboard.js'
import type { Evaluation, Tallies } from '../tallyTable.js'

/** One side of a comparison. */
export interface Side extends Tallies {
  /** The metrics folder. */
  dir: string
  byKey: ReadonlyMap<string, Tally>
}

/** A side, from tallies that were read from a metrics folder. */
export function sideOf(dir: string, tallies: Tallies): Side {
  return { ...tallies, dir, byKey: new Map(tallies.tallies.map((tally) => [keyOf(tally), tally])) }
}

/** What two evaluations must have in common for their numbers to be of the same thing, in words. */
const common = {
  dataset: ({ dataset }) => dataset.slice(0, 12),
  part: ({ part }) => part,
  grid: ({ world }) => canonicalJson(world.grid),
  taxonomy: ({ world }) => canonicalJson(world.taxonomy.classes.map(({ name }) => name)),
  'frame rate': ({ world }) => `${world.rateHz} Hz`,
  'frames seen': ({ windows }) => `${windows.pastFrames}`,
  stride: ({ windows }) => `${windows.strideFrames}`,
  'ego trajectory': ({ ego }) => ego,
} satisfies Record<string, (of: Evaluation) => string>

/**
 * Refuses a comparison of what was not scored on the same frames by the same rules.
 *
 * @throws UsageError that lists all that differs; or that the baselines, which do not depend on the model, score differently,
 * which shows that the measures do.
 */
export function refuseOtherPopulations(a: Side, b: Side): void {
  const differing = Object.entries(common).filter(([, of]) => of(a.about) !== of(b.about))
  if (differing.length > 0) {
    const listed = (side: Side) => differing.map(([name, of]) => `${name} ${of(side.about)}`).join(', ')
    throw new UsageError('the two were not scored on the same frames, so no difference means anything', {
      file: b.dir,
      expected: listed(a),
      actual: listed(b),
    })
  }
  const strange = a.tallies.find((tally) => isBaseline(tally.model) && differs(tally, counterpart(tally, b)))
  if (strange)
    throw new UsageError(`${strange.model} scores differently in the two, though it depends on no model`, {
      file: b.dir,
      place: `measure ${strange.measure.name}, policy ${strange.policy.name}`,
      expected: 'sums made by the same version of the measure',
    })
}

/** The tally of the same line in the other evaluation. */
export function counterpart(tally: Tally, { byKey }: Side): Tally | undefined {
  return byKey.get(keyOf(tally))
}

function differs(ours: Tally, theirs: Tally | undefined): boolean {
  if (!theirs) return false
  const { logIds } = pairedLogs(ours, theirs)
  return logIds.some((logId) => !equal(ours.logs.get(logId)!, theirs.logs.get(logId)!))
}

function equal(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]))
}

/** The logs that both have, scored on the same frames, and why others are left out. */
export interface PairedLogs {
  logIds: string[]
  leftOut: number
  why: string | null
}

/** Pairs the logs of two tallies of one line. */
export function pairedLogs(a: Tally, b: Tally): PairedLogs {
  const all = [...new Set([...a.logs.keys(), ...b.logs.keys()])]
  const reasons = new Map<string, string[]>()
  const logIds = all.filter((logId) => {
    const reason = whyApart(a, b, logId)
    if (reason) reasons.set(reason, [...(reasons.get(reason) ?? []), logId])
    return !reason
  })
  const why = [...reasons].map(([reason, ids]) => `${reason}: ${ids.join(', ')}`).join('; ')
  return { logIds, leftOut: all.length - logIds.length, why: why || null }
}

function whyApart(a: Tally, b: Tally, logId: string): string | null {
  if (!b.logs.has(logId)) return 'only in A'
  if (!a.logs.has(logId)) return 'only in B'
  return a.frames.get(logId)!.hash === b.frames.get(logId)!.hash ? null : 'scored on other frames'
}

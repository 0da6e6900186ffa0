import type { ModelOutputs } from './modelOutputs.js'

const floats = ['mean', 'logits', 'bev', 'features', 'gradient', 'losses'] as const

/** How far one backend's answers are from another's. */
export interface Deviations extends Record<(typeof floats)[number], number> {
  /** `shareOfOthers`; all else is `relativeTo`. */
  otherClasses: number
}

/** @param reference what the other's deviations are relative to; NaN where lengths differ or a value is none */
export function deviations(actual: ModelOutputs, reference: ModelOutputs): Deviations {
  const relative = Object.fromEntries(floats.map((name) => [name, relativeTo(reference[name], actual[name])]))
  return {
    ...(relative as Record<(typeof floats)[number], number>),
    otherClasses: shareOfOthers(reference.classes, actual.classes),
  }
}

/** Share of the voxels that are of another class than in the reference; NaN where there are more or fewer. */
export function shareOfOthers(reference: Int32Array, actual: Int32Array): number {
  if (actual.length !== reference.length) return Number.NaN
  return reference.reduce((others, label, i) => others + (actual[i] === label ? 0 : 1), 0) / reference.length
}

/** Largest absolute difference over the largest absolute value of the reference. */
export function relativeTo(reference: Float32Array, actual: Float32Array): number {
  if (actual.length !== reference.length) return Number.NaN
  let [difference, largest] = [0, 0]
  for (let i = 0; i < reference.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i] - reference[i]))
    largest = Math.max(largest, Math.abs(reference[i]))
  }
  return difference / largest
}

/** Far above what was measured (`docs/backends.md`), far below what a wrong operation does. */
const most: Deviations = {
  mean: 1e-5,
  logits: 1e-5,
  bev: 1e-5,
  features: 1e-5,
  gradient: 1e-4,
  losses: 1e-4,
  otherClasses: 1e-3,
}

/** The deviations that are larger than they may be, or no numbers. */
export function tooFar(found: Deviations): Partial<Deviations> {
  return Object.fromEntries(Object.entries(found).filter(([name, value]) => !(value <= most[name as keyof Deviations])))
}

import type { DatasetTaxonomy } from '../../pipeline/taxonomy.js'
import { outcomePaint } from './palette.js'

/** A voxel that is not drawn. */
export const nothing = 255
/** Set on the paint of a voxel that no sensor saw: drawn faintly. */
export const faint = 0x40

export interface PaintRule {
  classes: DatasetTaxonomy['classes']
  /** Classes that are switched off. */
  hidden: ReadonlySet<number>
  /** Whether unobserved voxels are drawn (faintly) or not at all. What is drawn in full is what is scored. */
  unobserved: boolean
}

/**
 * One byte a voxel, [X·Y·Z]: the class, with `faint` where no sensor looked, or `nothing`.
 *
 * @param observed - [X·Y·Z] one byte a voxel, 0 or 1.
 */
export function paintClasses(grid: Uint8Array, observed: Uint8Array, rule: PaintRule): Uint8Array {
  const drawn = drawnClasses(rule)
  const paint = new Uint8Array(grid.length)
  for (let v = 0; v < grid.length; v++) {
    const shown = drawn[grid[v]] === 1 && (observed[v] === 1 || rule.unobserved)
    paint[v] = shown ? (observed[v] === 1 ? grid[v] : grid[v] | faint) : nothing
  }
  return paint
}

/** One byte a voxel: how the prediction compares with the truth, by `outcomePaint`; nothing where no sensor looked. */
export function paintOutcomes(truth: Uint8Array, grid: Uint8Array, observed: Uint8Array, rule: PaintRule): Uint8Array {
  const drawn = drawnClasses(rule)
  const flat = rule.classes.map(({ superclass }) => superclass === 'ground')
  const paint = new Uint8Array(grid.length).fill(nothing)
  const known = rule.classes.length
  for (let v = 0; v < grid.length; v++) {
    const [t, p] = [truth[v], grid[v]]
    if (observed[v] === 0 || t >= known || p >= known || (drawn[t] === 0 && drawn[p] === 0)) continue
    const [trulyFree, saidFree] = [isFree(rule, t), isFree(rule, p)]
    if (trulyFree && saidFree) continue
    const outcome = saidFree ? 2 : trulyFree ? 3 : t === p ? 0 : 1
    paint[v] = outcomePaint(outcome, flat[saidFree ? t : p])
  }
  return paint
}

function isFree({ classes }: PaintRule, index: number): boolean {
  return classes[index].superclass === 'free'
}

/** 1 for every byte that is a class which is switched on and not free. */
function drawnClasses({ classes, hidden }: PaintRule): Uint8Array {
  const drawn = new Uint8Array(256)
  classes.forEach(({ superclass }, index) => {
    if (superclass !== 'free' && !hidden.has(index)) drawn[index] = 1
  })
  return drawn
}

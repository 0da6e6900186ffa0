import { UsageError } from '../../pipeline/errors.js'
import { calibration } from './calibration.js'
import { errorGrowth } from './errorGrowth.js'
import type { Measure } from './measure.js'
import { objects } from './objects.js'
import { occupancy } from './occupancy.js'
import { panoptic } from './panoptic.js'
import { plans } from './plans.js'
import { rollouts } from './rollouts.js'
import { staticConsistency } from './staticConsistency.js'
import { trackShape } from './trackShape.js'

/** Every measure by its name: adding one is a file and a line here. */
export const measures: Readonly<Record<string, Measure>> = {
  occupancy,
  objects,
  calibration,
  errorGrowth,
  staticConsistency,
  trackShape,
  panoptic,
  plans,
  rollouts,
}

/** Looks a measure up. Throws UsageError that lists the measures. */
export function measureNamed(name: string): Measure {
  const measure = measures[name]
  if (!measure) throw new UsageError(`no measure '${name}'`, { expected: Object.keys(measures).join(' | ') })
  return measure
}

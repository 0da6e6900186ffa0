import { UsageError } from '../../pipeline/errors.js'
import { boundary } from './boundary.js'
import { calibration } from './calibration.js'
import { classGroups } from './classGroups.js'
import { classSize } from './classSize.js'
import { errorGrowth } from './errorGrowth.js'
import { heights } from './heights.js'
import type { Measure } from './measure.js'
import { objects } from './objects.js'
import { occupancy } from './occupancy.js'
import { panoptic } from './panoptic.js'
import { plans } from './plans.js'
import { rays } from './rays.js'
import { rings } from './rings.js'
import { rollouts } from './rollouts.js'
import { staticConsistency } from './staticConsistency.js'
import { trackShape } from './trackShape.js'
import { trajectoryRays } from './trajectoryRays.js'
import { visibility } from './visibility.js'

/** Every measure by its name: adding one is a file and a line here. */
export const measures: Readonly<Record<string, Measure>> = {
  occupancy,
  rings,
  heights,
  visibility,
  classSize,
  classGroups,
  boundary,
  rays,
  trajectoryRays,
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

import { UsageError } from '../../pipeline/errors.js'
import type { Measure } from './measure.js'
import { occupancy } from './occupancy.js'

/** Every measure by its name: adding one is a file and a line here. */
export const measures: Readonly<Record<string, Measure>> = { occupancy }

/** Looks a measure up. Throws UsageError that lists the measures. */
export function measureNamed(name: string): Measure {
  const measure = measures[name]
  if (!measure) throw new UsageError(`no measure '${name}'`, { expected: Object.keys(measures).join(' | ') })
  return measure
}

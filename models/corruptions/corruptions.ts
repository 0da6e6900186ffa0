import { UsageError } from '../../pipeline/errors.js'
import { calibrationJitter } from './calibrationJitter.js'
import type { Corruption } from './corruption.js'
import { maskedCells } from './maskedCells.js'
import { pointDropout } from './pointDropout.js'
import { rangeNoise } from './rangeNoise.js'
import { timestampJitter } from './timestampJitter.js'
import { weatherReturns } from './weatherReturns.js'

/** In the order in which they happen to a sensor: it is mounted, turns, measures, and is then hidden from. */
export const corruptions = {
  calibrationJitter,
  timestampJitter,
  rangeNoise,
  weatherReturns,
  pointDropout,
  maskedCells,
} satisfies Record<string, Corruption>

export type CorruptionName = keyof typeof corruptions

/** How much of which corruption, in the registry's order. */
export type CorruptionPlan = readonly { readonly name: CorruptionName; readonly amount: number }[]

/** Names, units and limits, for messages and help. */
export const corruptionWords = Object.entries(corruptions)
  .map(([name, { unit, most }]) => `${name}=0–${most}${unit === 'share' ? '' : ` ${unit}`}`)
  .join(', ')

/**
 * Reads `name=amount` items. Amounts of 0 are left out.
 *
 * @throws UsageError for an unknown name, one named twice, and an amount outside its limits
 */
export function parseCorruptions(items: readonly string[]): CorruptionPlan {
  const amounts = new Map<string, number>()
  for (const item of items) {
    const [name, amount, ...rest] = item.split('=')
    const value = Number(amount)
    const corruption = Object.hasOwn(corruptions, name) ? corruptions[name as CorruptionName] : undefined
    const fits = corruption && rest.length === 0 && amount?.trim() && value >= 0 && value <= corruption.most
    if (!fits) throw new UsageError('no such corruption', { expected: corruptionWords, actual: item })
    if (amounts.has(name)) throw new UsageError(`corruption '${name}' is given twice`, { actual: items.join(' ') })
    amounts.set(name, value)
  }
  const names = Object.keys(corruptions) as CorruptionName[]
  return names.flatMap((name) => ((amounts.get(name) ?? 0) > 0 ? [{ name, amount: amounts.get(name)! }] : []))
}

import { UsageError } from './errors.js'

/** A flat configuration: what stands beside the code it configures, and what a flag can set. */
export type ConfigValue = string | number | boolean | readonly string[] | readonly number[]
export type Config<C> = { [K in keyof C]: C[K] & ConfigValue }

/**
 * Presets override the defaults, `overrides` (flags) override presets; undefined overrides nothing. The result is
 * frozen. Throws UsageError for an unknown preset or key, listing the valid ones, and for a value of another type.
 */
export function resolveConfig<C extends Config<C>>(
  name: string,
  defaults: C,
  presets: Readonly<Record<string, Partial<C>>> = {},
  preset?: string,
  overrides: Partial<C> = {},
): Readonly<C> {
  if (preset !== undefined && !Object.hasOwn(presets, preset))
    throw new UsageError(`${name} has no preset '${preset}'`, { expected: Object.keys(presets).join(' | ') })
  const chosen = { ...(preset === undefined ? {} : presets[preset]), ...withoutUndefined(overrides) }
  for (const [key, value] of Object.entries(chosen)) {
    if (!Object.hasOwn(defaults, key))
      throw new UsageError(`${name} has no setting '${key}'`, { expected: Object.keys(defaults).join(', ') })
    checkKind(`${name}.${key}`, defaults[key as keyof C], value)
  }
  const frozen = Object.entries({ ...defaults, ...chosen }).map(([key, value]) => [
    key,
    Array.isArray(value) ? Object.freeze([...value]) : value,
  ])
  return Object.freeze(Object.fromEntries(frozen))
}

/** Items of a list are of the kind of the default's first item; an empty default says nothing about them. */
function checkKind(setting: string, fallback: unknown, value: unknown): void {
  const [expected, actual] = [kindOf(fallback), kindOf(value)]
  if (expected !== actual) throw new UsageError(`${setting} has the wrong type`, { expected, actual })
  if (!Array.isArray(value) || !Array.isArray(fallback) || fallback.length === 0) return
  const item = kindOf(fallback[0])
  const odd = value.find((each) => kindOf(each) !== item)
  if (odd === undefined) return
  throw new UsageError(`${setting} has an item of the wrong type`, { expected: `list of ${item}`, actual: String(odd) })
}

function kindOf(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return 'not a finite number'
  return Array.isArray(value) ? 'list' : typeof value
}

function withoutUndefined<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Partial<T>
}

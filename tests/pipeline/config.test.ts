import { expect, test } from 'vitest'
import { resolveConfig } from '../../pipeline/config.js'
import { UsageError } from '../../pipeline/errors.js'

interface Settings {
  rateHz: number
  name: string
  fast: boolean
  sizes: readonly number[]
  tags: readonly string[]
}
const defaults: Settings = { rateHz: 10, name: 'a', fast: false, sizes: [1, 2], tags: [] }
const presets = { quick: { rateHz: 2, fast: true } }

const resolve = (overrides: object, preset?: string) => resolveConfig('ride', defaults, presets, preset, overrides)

test('presets override defaults, flags override presets, undefined overrides nothing', () => {
  expect(resolve({})).toEqual(defaults)
  expect(resolve({}, 'quick')).toEqual({ ...defaults, rateHz: 2, fast: true })
  expect(resolve({ rateHz: 5, name: undefined }, 'quick')).toEqual({ ...defaults, rateHz: 5, fast: true })
  expect(resolve({ sizes: [7], tags: ['x'] })).toMatchObject({ sizes: [7], tags: ['x'] })
})

test.each(['rate', 'toString', 'constructor'])("an unknown key '%s' lists the valid ones", (key) => {
  expect(() => resolve({ [key]: 1 })).toThrow(UsageError)
  expect(() => resolve({ [key]: 1 })).toThrow(`ride has no setting '${key}' (expected rateHz, name, fast, sizes, tags)`)
})

test.each(['slow', 'toString'])("an unknown preset '%s' lists the valid ones", (preset) => {
  expect(() => resolve({}, preset)).toThrow(`ride has no preset '${preset}' (expected quick)`)
})

test.each([
  [{ rateHz: '10' }, 'ride.rateHz has the wrong type (expected number, found string)'],
  [{ rateHz: Number.NaN }, 'ride.rateHz has the wrong type (expected number, found not a finite number)'],
  [{ rateHz: Number.POSITIVE_INFINITY }, 'found not a finite number'],
  [{ name: 3 }, 'ride.name has the wrong type (expected string, found number)'],
  [{ fast: 'yes' }, 'ride.fast has the wrong type (expected boolean, found string)'],
  [{ sizes: 3 }, 'ride.sizes has the wrong type (expected list, found number)'],
  [{ sizes: [3, 'x'] }, 'ride.sizes has an item of the wrong type (expected list of number, found x)'],
  [{ sizes: [3, Number.NaN] }, 'expected list of number, found NaN'],
  [{ name: null }, 'ride.name has the wrong type'],
])('%j is refused', (overrides, message) => {
  expect(() => resolve(overrides)).toThrow(UsageError)
  expect(() => resolve(overrides)).toThrow(message)
})

test('the result is frozen, lists too, and shares nothing with the defaults', () => {
  const config = resolve({}) as unknown as { rateHz: number; sizes: number[] }
  expect(() => {
    config.rateHz = 1
  }).toThrow(TypeError)
  expect(() => config.sizes.push(3)).toThrow(TypeError)
  expect(defaults.sizes).toEqual([1, 2])
  expect(Object.isFrozen(defaults.sizes)).toBe(false)
})

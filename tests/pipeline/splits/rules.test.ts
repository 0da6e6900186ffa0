import { expect, test } from 'vitest'
import { UsageError } from '../../../pipeline/errors.js'
import { type RuleName, ruleNamed, rules } from '../../../pipeline/splits/rules.js'

const log = { logId: 'l1', siteId: 's1', routeId: 'r1', rigId: 'v1', date: '2024-05-06' }

const expected: Record<RuleName, string> = { log: 'l1', site: 's1', route: 's1/r1', rig: 'v1', date: '2024-05-06' }

test.each(Object.keys(rules) as RuleName[])('%s groups by its own column', (name) => {
  expect(rules[name].groupOf(log)).toBe(expected[name])
  expect(rules[name].describe.length).toBeGreaterThan(0)
})

test('logs without a date are one group: they may be of one day', () => {
  const [a, b] = ['a', 'b'].map((logId) => rules.date.groupOf({ ...log, logId, date: null }))
  expect(a).toBe(b)
})

test('routes of equal name at two sites are two groups', () => {
  expect(rules.route.groupOf({ ...log, siteId: 's2' })).not.toBe(rules.route.groupOf(log))
})

test.each(['city', 'toString', ''])("an unknown rule '%s' is refused with the list", (name) => {
  expect(() => ruleNamed(name)).toThrow(UsageError)
  expect(() => ruleNamed(name)).toThrow('log | site | route | rig | date')
})

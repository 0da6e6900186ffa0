import { UsageError } from '../errors.js'
import type { SplitRule } from './rule.js'
import { date } from './rules/date.js'
import { log } from './rules/log.js'
import { rig } from './rules/rig.js'
import { route } from './rules/route.js'
import { site } from './rules/site.js'

export const rules = { log, site, route, rig, date } satisfies Record<string, SplitRule>

export type RuleName = keyof typeof rules

/** Looks a rule up. Throws UsageError that lists the rules. */
export function ruleNamed(name: string): SplitRule {
  if (!Object.hasOwn(rules, name))
    throw new UsageError(`no split rule '${name}'`, { expected: Object.keys(rules).join(' | ') })
  return rules[name as RuleName]
}

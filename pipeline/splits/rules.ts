import { UsageError } from '../errors.js'
import type { Piece } from './pieces.js'
import type { RuleSettings, SplitRule } from './rule.js'
import { date } from './rules/date.js'
import { geographic } from './rules/geographic.js'
import { log } from './rules/log.js'
import { map } from './rules/map.js'
import { rig } from './rules/rig.js'
import { route } from './rules/route.js'
import { site } from './rules/site.js'
import { temporal } from './rules/temporal.js'
import { tile } from './rules/tile.js'
import type { LogTrack } from './tracks.js'

export const rules = {
  log,
  site,
  route,
  rig,
  date,
  map,
  tile,
  geographic,
  temporal,
} satisfies Record<string, SplitRule>

export type RuleName = keyof typeof rules

/**
 * The rule that a configuration names. Several entries: logs that share a value under any of them stay together. Names
 * that `+` joins in an entry are one key: logs stay together when they agree in all of them. A comma parts entries, too,
 * so that `ruleText` can be read again. With several entries the values name theirs: `rig:north`.
 *
 * Throws UsageError for an unknown rule, listing those there are, and for rules that contradict each other.
 */
export function ruleNamed(names: string | readonly string[]): SplitRule {
  const entries = [...new Set([names].flat().flatMap((name) => name.split(',').map((entry) => entry.trim())))]
  if (entries.length === 0) throw new UsageError('no split rule', { expected: Object.keys(rules).join(' | ') })
  const terms = entries.map((entry) => ({ entry, rule: allOf(entry.split('+').map(single)) }))
  checkCuts(entries)
  if (terms.length === 1) return terms[0].rule
  return {
    describe: terms.map(({ rule }) => rule.describe).join('; or '),
    valuesOf: (piece, settings) =>
      terms.flatMap(({ entry, rule }) => rule.valuesOf(piece, settings).map((value) => `${entry}:${value}`)),
    regionsOf: terms.find(({ rule }) => rule.regionsOf)?.rule.regionsOf,
  }
}

/** Rules under their configured name: `route, rig+date`. */
export function ruleText(names: string | readonly string[]): string {
  return typeof names === 'string' ? names : names.join(', ')
}

function single(name: string): SplitRule {
  if (!Object.hasOwn(rules, name))
    throw new UsageError(`no split rule '${name}'`, { expected: `${Object.keys(rules).join(' | ')}, also joined by +` })
  return rules[name as RuleName]
}

/** Of several rules: each value is one of every rule. */
function allOf(several: readonly SplitRule[]): SplitRule {
  if (several.length === 1) return several[0]
  return {
    describe: several.map(({ describe }) => describe).join(' and '),
    valuesOf: (piece: LogTrack | Piece, settings: RuleSettings) =>
      several
        .map((rule) => rule.valuesOf(piece, settings))
        .reduce((heads, tails) => heads.flatMap((head) => tails.map((tail) => `${head}+${tail}`))),
    regionsOf: several.find((rule) => rule.regionsOf)?.regionsOf,
  }
}

/** Whole logs and pieces of logs, and time and place as the border, cannot be had at once. */
function checkCuts(entries: readonly string[]): void {
  const names = entries.flatMap((entry) => entry.split('+'))
  const cutting = names.filter((name) => single(name).regionsOf)
  if (cutting.length === 0) return
  const foreign = names.filter(
    (name) => (name === 'log' || name === 'tile' || cutting[0] === 'temporal') && name !== cutting[0],
  )
  if (foreign.length > 0 || new Set(cutting).size > 1)
    throw new UsageError(`the split rules ${names.join(' and ')} contradict each other`, {
      expected: cutting.includes('temporal') ? 'temporal alone' : 'geographic with rules that keep no log whole',
    })
}

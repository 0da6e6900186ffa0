import { UsageError } from '../errors.js'
import type { Rng } from '../random.js'
import { assignGroups } from './assign.js'
import type { Compromise } from './compromises.js'
import type { SplitConfig } from './config.js'
import { findEncounters } from './encounters.js'
import { type Group, groupLogs } from './groups.js'
import { type Part, parts } from './part.js'
import { ruleNamed, rules } from './rules.js'
import type { LogTrack } from './tracks.js'

/** Which group goes where, and what of the rule had to give way for it. */
export interface Decision {
  groups: Group[]
  partOfGroup: Part[]
  compromises: Compromise[]
}

/**
 * Groups the logs and gives each group a part. Where there are too few groups to fill the parts, the rule gives way,
 * as little as possible: two groups fill train and test, and val is cut log by log from train's; a single group is cut
 * log by log. Logs of one source or one drive stay together all the same.
 */
export function decide(tracks: readonly LogTrack[], config: SplitConfig, rng: Rng): Decision {
  const groups = groupLogs(tracks, ruleNamed(config.rule), config)
  const asked = parts.filter((_, i) => config.shares[i] > 0)
  if (config.holdOut.length > 0) return aroundTest(heldOut(groups, config), groups, config, rng)
  if (groups.length >= asked.length || config.rule === 'log') return settle(groups, [], asked, config, rng)
  if (groups.length === 1) {
    const cut = groupLogs(tracks, rules.log, config)
    const { groups: all, partOfGroup } = settle(cut, [], asked, config, rng)
    return { groups: all, partOfGroup, compromises: [ruleGaveWay(config.rule, groups, cut, 'the parts')] }
  }
  const [trainShare, valShare, testShare] = config.shares
  const two = settle(groups, [], ['train', 'test'], { ...config, shares: [trainShare + valShare, 0, testShare] }, rng)
  const test = groups.filter((_, i) => two.partOfGroup[i] === 'test')
  return aroundTest(test, groups, config, rng)
}

/** Fills train and val with the groups that are not test's; where they are too few, log by log. */
function aroundTest(test: Group[], groups: Group[], config: SplitConfig, rng: Rng): Decision {
  const choices = (['train', 'val'] as const).filter((part) => config.shares[parts.indexOf(part)] > 0)
  const rest = groups.filter((group) => !test.includes(group))
  const tooFew = rest.length < choices.length && config.rule !== 'log'
  const cut = tooFew
    ? groupLogs(
        rest.flatMap((group) => group.tracks),
        rules.log,
        config,
      )
    : rest
  const decision = settle([...test, ...cut], test, choices, config, rng)
  if (tooFew) decision.compromises.push(ruleGaveWay(config.rule, rest, cut, choices.join(' and ')))
  return decision
}

/** Searches the best assignment of the groups; those of `test` are settled. */
function settle(groups: Group[], test: Group[], choices: Part[], config: SplitConfig, rng: Rng): Decision {
  const sorted = [...groups].sort((a, b) => (a.name < b.name ? -1 : 1))
  const tracks = sorted.flatMap((group) => group.tracks)
  const groupOf = sorted.flatMap((group, i) => group.tracks.map(() => i))
  const encounters = findEncounters(tracks, groupOf, config.bufferM)
  const fixed = sorted.map((group) => (test.includes(group) ? ('test' as const) : null))
  const task = { groups: sorted, encounters, shares: config.shares, fixed, choices }
  return { groups: sorted, partOfGroup: assignGroups(task, rng), compromises: [] }
}

function heldOut(groups: Group[], { rule, holdOut }: SplitConfig): Group[] {
  const known = new Set(groups.flatMap((group) => group.values))
  const unknown = holdOut.filter((value) => !known.has(value))
  if (unknown.length > 0)
    throw new UsageError(`split.holdOut: no ${rule} '${unknown.join("', '")}'`, { expected: [...known].join(' | ') })
  const test = groups.filter((group) => group.values.some((value) => holdOut.includes(value)))
  if (test.length === groups.length)
    throw new UsageError('split.holdOut leaves nothing to train on', { actual: holdOut.join(', ') })
  return test
}

function ruleGaveWay(rule: string, whole: Group[], cut: Group[], where: string): Compromise {
  const few = whole.length === 1 ? `one group by ${rule} is` : `${whole.length} groups by ${rule} are`
  const what = `${few} too few to fill ${where}: cut log by log`
  return { constraint: 'rule', what, asked: whole.length, got: cut.length }
}

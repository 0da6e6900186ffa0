import { UsageError } from '../errors.js'
import type { Rng } from '../random.js'
import { type AssignmentTask, assignGroups } from './assign.js'
import type { Compromise } from './compromises.js'
import type { SplitConfig } from './config.js'
import { shareTolerance } from './cost.js'
import { findEncounters } from './encounters.js'
import { type FoldNumber, foldCount, foldShares, groupsOfFold } from './folds.js'
import { type Group, groupLogs } from './groups.js'
import { type Keeper, leaveOut } from './leaveOut.js'
import { mirrored, type Part, parts } from './part.js'
import type { Piece } from './pieces.js'
import { ruleNamed, rules, ruleText } from './rules.js'
import { findTimeEncounters } from './timeEncounters.js'

/** Which group goes where, and what of the rule had to give way for it. */
export interface Decision {
  groups: Group[]
  partOfGroup: Part[]
  /** Asked of train, val and test. */
  shares: readonly number[]
  compromises: Compromise[]
  /** Which fold it is, if it is one: how many there are, and the values of the groups that are its test part. */
  fold?: { index: number; of: number; values: string[] }
}

/**
 * Groups the logs, or their pieces, and gives each group a part. Where there are too few groups to fill the parts, the
 * rule gives way, as little as possible: two groups fill train and test, and val is cut log by log from train's; a
 * single group is cut log by log. Logs of one source or one drive stay together all the same. A rule that cuts logs does
 * not give way: a part stays empty.
 *
 * `fold`: its groups are the test part. Throws UsageError for a held-out group or a number of folds that cannot be had.
 */
export function decide(pieces: readonly Piece[], config: SplitConfig, rng: Rng, fold: FoldNumber | null): Decision {
  const rule = ruleNamed(config.rule)
  const groups = groupLogs(pieces, rule, config)
  const asked = parts.filter((_, i) => config.shares[i] > 0)
  const { partOf } = rule
  if (fold) {
    const of = foldCount(groups, fold.of)
    const test = groupsOfFold(groups, fold, rng)
    const decision = aroundTest(test, groups, { ...config, shares: foldShares(config, of) }, rng, 'test')
    const values = [...new Set(test.flatMap((group) => group.values))].sort()
    return { ...decision, fold: { index: fold.index, of, values } }
  }
  if (partOf)
    return {
      groups,
      partOfGroup: groups.map(({ values }) => earliest(values.map(partOf))),
      shares: config.shares,
      compromises: [],
    }
  if (config.holdOut.length > 0) return aroundTest(heldOut(groups, config), groups, config, rng)
  if (groups.length >= asked.length || !mayGiveWay(config)) return settle(groups, [], asked, config, rng)
  if (groups.length === 1) {
    const cut = groupLogs(pieces, rules.log, config)
    return { ...settle(cut, [], asked, config, rng), compromises: [ruleGaveWay(config.rule, groups, cut, 'the parts')] }
  }
  const [trainShare, valShare, testShare] = config.shares
  const two = settle(groups, [], ['train', 'test'], { ...config, shares: [trainShare + valShare, 0, testShare] }, rng)
  const test = groups.filter((_, i) => two.partOfGroup[i] === 'test')
  return aroundTest(test, groups, config, rng)
}

/** By log there is nothing finer, and pieces of logs without their borders would leak. */
function mayGiveWay({ rule }: SplitConfig): boolean {
  return ruleText(rule) !== 'log' && !ruleNamed(rule).regionsOf
}

/** A source that is there twice, at different times of two sites, is as old as its older copy. */
function earliest(several: readonly Part[]): Part {
  return parts.find((part) => several.includes(part))!
}

/** Fills train and val with the groups that are not test's; where they are too few, log by log. */
function aroundTest(test: Group[], groups: Group[], config: SplitConfig, rng: Rng, keeper: Keeper = 'train'): Decision {
  const choices = (['train', 'val'] as const).filter((part) => config.shares[parts.indexOf(part)] > 0)
  const isTest = new Set(test)
  const rest = groups.filter((group) => !isTest.has(group))
  const tooFew = rest.length < choices.length && mayGiveWay(config)
  const cut = tooFew
    ? groupLogs(
        rest.flatMap((group) => group.tracks),
        rules.log,
        config,
      )
    : rest
  const decision = settle([...test, ...cut], test, choices, config, rng, keeper)
  if (tooFew) decision.compromises.push(ruleGaveWay(config.rule, rest, cut, choices.join(' and ')))
  return decision
}

/** Searches the best assignment of the groups; those of `test` are settled. */
function settle(
  groups: Group[],
  test: Group[],
  choices: Part[],
  config: SplitConfig,
  rng: Rng,
  keeper: Keeper = 'train',
): Decision {
  const sorted = [...groups].sort((a, b) => (a.name < b.name ? -1 : 1))
  const isTest = new Set(test)
  const fixed = sorted.map((group) => (isTest.has(group) ? ('test' as const) : null))
  const partOfGroup = search(sorted, fixed, choices, config, rng, keeper)
  return { groups: sorted, partOfGroup, shares: config.shares, compromises: [] }
}

/** Finds the parts of the groups that are not settled. `groups` are sorted by name. */
export function search(
  groups: readonly Group[],
  fixed: readonly (Part | null)[],
  choices: readonly Part[],
  config: SplitConfig,
  rng: Rng,
  keeper: Keeper = 'train',
): Part[] {
  const { shares, bufferM, neighbourS } = config
  const tracks = groups.flatMap((group) => group.tracks)
  const groupOf = groups.flatMap((group, i) => group.tracks.map(() => i))
  const isCut = tracks.some((track) => 'region' in track && track.region !== null)
  const encounters = [
    ...findEncounters(tracks, groupOf, bufferM),
    ...(isCut ? findTimeEncounters(tracks, groupOf, neighbourS) : []),
  ]
  const task = { groups, encounters, shares, fixed, choices }
  if (keeper === 'train') return assignExactly(task, (given) => keptOf(groups, given, config, keeper), rng)
  // The search takes it that train keeps its frames.
  const turned: AssignmentTask = {
    ...task,
    shares: [...shares].reverse(),
    fixed: fixed.map((part) => part && mirrored(part)),
    choices: choices.map(mirrored),
  }
  const keptTurned = (given: readonly Part[]) => keptOf(groups, given.map(mirrored), config, keeper).reverse()
  return assignExactly(turned, keptTurned, rng).map(mirrored)
}

const mostCorrections = 4

/**
 * The assignment of least cost. What the search takes for lost to the buffer and the gap is an estimate; where that
 * makes the shares seem right and they are not, it goes on from there, with what it is now known to be wrong by.
 */
function assignExactly(task: AssignmentTask, exactlyKept: (given: readonly Part[]) => number[], rng: Rng): Part[] {
  let assigned = assignGroups(task, rng)
  let best = { partOf: assigned.partOf, off: Number.POSITIVE_INFINITY }
  for (let i = 0; i <= mostCorrections; i++) {
    const kept = exactlyKept(assigned.partOf)
    const off = mostOff(kept, task.shares)
    if (off < best.off) best = { partOf: assigned.partOf, off }
    const seemed = i === 0 && mostOff(assigned.kept, task.shares) > shareTolerance
    if (off <= shareTolerance || seemed || i === mostCorrections) break
    const correction = kept.map((frames, part) => frames - assigned.kept[part])
    assigned = assignGroups({ ...task, former: { partOf: assigned.partOf, correction } }, rng)
  }
  return best.partOf
}

/** How far the share of a part is off at most. */
function mostOff(kept: readonly number[], shares: readonly number[]): number {
  const all = kept.reduce((sum, frames) => sum + frames, 0)
  return Math.max(...shares.map((share, part) => Math.abs((all === 0 ? 0 : kept[part] / all) - share)))
}

/** Frames that stay of each part when buffer and gap are drawn. */
function keptOf(groups: readonly Group[], given: readonly Part[], config: SplitConfig, keeper: Keeper): number[] {
  const pieces = groups.flatMap(({ tracks }) => tracks as Piece[])
  const partOf = new Map(groups.flatMap(({ tracks }, i) => tracks.map(({ logId }) => [logId, given[i]] as const)))
  const losses = leaveOut(pieces, partOf, config, keeper)
  const kept = parts.map(() => 0)
  for (const { logId, frameIndex } of pieces)
    kept[parts.indexOf(partOf.get(logId)!)] += frameIndex.length - (losses.get(logId)?.size ?? 0)
  return kept
}

function heldOut(groups: Group[], { rule, holdOut }: SplitConfig): Group[] {
  const known = new Set(groups.flatMap((group) => group.values))
  const unknown = holdOut.filter((value) => !known.has(value))
  if (unknown.length > 0)
    throw new UsageError(`split.holdOut: no ${ruleText(rule)} '${unknown.join("', '")}'`, {
      expected: [...known].join(' | '),
    })
  const test = groups.filter((group) => group.values.some((value) => holdOut.includes(value)))
  if (test.length === groups.length)
    throw new UsageError('split.holdOut leaves nothing to train on', { actual: holdOut.join(', ') })
  return test
}

function ruleGaveWay(rule: SplitConfig['rule'], whole: Group[], cut: Group[], where: string): Compromise {
  const few =
    whole.length === 1 ? `one group by ${ruleText(rule)} is` : `${whole.length} groups by ${ruleText(rule)} are`
  const what = `${few} too few to fill ${where}: cut log by log`
  return { constraint: 'rule', what, asked: whole.length, got: cut.length }
}

import { DataError, UsageError } from '../errors.js'
import type { Rng } from '../random.js'
import type { Arranged } from './arranged.js'
import { searchDescription } from './assign.js'
import type { SplitConfig } from './config.js'
import { search } from './decide.js'
import { type GroupsBeside, groupsBeside } from './groupsBeside.js'
import { leaveOut, leaveOutBeside } from './leaveOut.js'
import { type Part, parts } from './part.js'
import { type Piece, pick } from './pieces.js'
import { type Placement, placementFrom, placementsOf } from './placement.js'
import { ruleText } from './rules.js'
import type { SplitFile } from './splitFile.js'
import type { LogTrack } from './tracks.js'

/** How the old assignments bind the new logs, in words, for `split.json`. */
export const extendDescription =
  'logs of the former split stay as they are, frame by frame; new logs go with the old group they belong to, are left ' +
  'out where they belong to old groups of two parts, and give way to old frames; the others are searched for: '

/**
 * Adds logs to a former split. What that one settled stays, also which frames it left out; so new frames give way to
 * old ones, whatever their parts. Throws UsageError when the former split is of another rule, DataError when a log is
 * not the one that it knows under that name.
 */
export function extendSplit(logs: readonly LogTrack[], config: SplitConfig, former: SplitFile, rng: Rng): Arranged {
  checkFormer(config, former)
  const known = new Map(former.logs.map((log) => [log.logId, log]))
  const old = new Map<LogTrack, Placement>()
  for (const track of logs) {
    const entry = known.get(track.logId)
    if (entry) old.set(track, placementFrom(checkedSame(track, entry), entry))
  }
  const plan = groupsBeside(logs, config, former, old)
  const partOfGroup = settle(plan, config, rng)
  const partOf = new Map<string, Part>()
  for (const [i, { tracks }] of plan.groups.entries()) {
    const part = partOfGroup[i]
    if (part) for (const { logId } of tracks) partOf.set(logId, part)
  }
  const fresh = plan.pieces.filter(({ whole }) => !old.has(whole))
  const beside = leaveOutBeside(keptBy([...old.values()]), fresh, partOf, config)
  const rest = fresh.map((piece) => withoutRows(piece, beside.get(piece.logId)))
  const losses = leaveOut(
    rest.map(({ piece }) => piece),
    partOf,
    config,
    'train',
  )
  for (const { piece, rows } of rest)
    for (const [row, loss] of losses.get(piece.logId) ?? []) {
      const mine = beside.get(piece.logId) ?? new Map()
      beside.set(piece.logId, mine.set(rows[row], loss))
    }
  const placed = placementsOf(logs, fresh, partOf, beside)
  const placements = placed.map((placement) => old.get(placement.track) ?? withReason(placement))
  return {
    placements,
    groups: plan.groups,
    partOfGroup,
    shares: config.shares,
    compromises: [],
    search: extendDescription + searchDescription,
    keeper: 'train',
  }
}

/** The frames of a piece that are left, as a piece of that name, with their rows in it. */
function withoutRows(piece: Piece, gone: ReadonlyMap<number, unknown> | undefined): { piece: Piece; rows: number[] } {
  const rows = [...piece.frameIndex.keys()].filter((row) => !gone?.has(row))
  return { piece: { ...piece, ...pick(piece, rows) }, rows }
}

function withReason(placement: Placement): Placement {
  if (!placement.given.includes(null)) return placement
  return { ...placement, leftOut: 'it touches groups that are in two parts of the former split' }
}

/** The frames that each part kept, as tracks: what new frames give way to. */
function keptBy(placements: readonly Placement[]): Map<Part, LogTrack[]> {
  return new Map(
    parts.map((part) => [
      part,
      placements.flatMap(({ track, given, lost }) => {
        const rows = [...given.keys()].filter((row) => given[row] === part && !lost.has(row))
        return rows.length > 0 ? [pick(track, rows)] : []
      }),
    ]),
  )
}

/** The parts of all groups: the old ones', and for the new ones what the rule says, or the search. */
function settle({ groups, settled, rule }: GroupsBeside, config: SplitConfig, rng: Rng): (Part | null)[] {
  const { partOf } = rule
  const kept = groups.flatMap((group, i) => (settled[i] === 'out' ? [] : [{ group, part: settled[i] as Part | null }]))
  // Groups held out are the whole of test: no new group joins them.
  const isHeldOut = config.holdOut.length > 0
  const choices = parts.filter((part, i) => config.shares[i] > 0 && !(isHeldOut && part === 'test'))
  const fixed = kept.map(({ group, part }) => part ?? (partOf ? partOf(group.values[0]) : null))
  const found = search(
    kept.map(({ group }) => group),
    fixed,
    choices,
    config,
    rng,
  )
  const partOfGroup = new Map(kept.map(({ group }, i) => [group, fixed[i] ?? found[i]]))
  return groups.map((group) => partOfGroup.get(group) ?? null)
}

function checkFormer(config: SplitConfig, former: SplitFile): void {
  if (former.official !== null || former.fold !== null)
    throw new UsageError('--extend of a fold or of an official split: neither has room for new logs')
  const [now, then] = [config, former].map(
    ({ rule, holdOut, bufferM, neighbourS, mergeNear, tileM, regionM, gapS }) => {
      return { rule: ruleText(rule), holdOut: holdOut.join(' '), bufferM, neighbourS, mergeNear, tileM, regionM, gapS }
    },
  )
  for (const key of Object.keys(now) as (keyof typeof now)[])
    if (now[key] !== then[key])
      throw new UsageError(`--extend: the former split has another ${key}`, {
        expected: String(then[key]),
        actual: String(now[key]),
      })
}

function checkedSame(track: LogTrack, entry: SplitFile['logs'][number]): LogTrack {
  const facts = ({ siteId, sourceHash }: { siteId: string; sourceHash: string }, frames: number) =>
    `${frames} frames at site ${siteId} from source ${sourceHash.slice(0, 12)}`
  const [expected, actual] = [facts(entry, entry.frames), facts(track, track.frameIndex.length)]
  if (expected === actual && entry.sourceHash === track.sourceHash) return track
  throw new DataError('the log is not the one that the former split knows under its name', {
    place: `log ${track.logId}`,
    expected,
    actual,
  })
}

import { bufferDescription, takeNearFrames } from './buffer.js'
import type { SplitConfig } from './config.js'
import { gapDescription, takeCloseFrames } from './gap.js'
import { mirrored, type Part } from './part.js'
import { type Piece, pick } from './pieces.js'
import type { LogTrack } from './tracks.js'

/** Why a frame is in no part although its log or region was given to one. */
export interface Loss {
  reason: 'buffer' | 'gap'
  /** Part of the frame it lies too near to, in place or in time. */
  near: Part
}

/** Losses by the name of the piece, then by row of the piece. */
export type Losses = Map<string, Map<number, Loss>>

/** Which part keeps its frames where two are too near: train, except in folds, whose test parts make up everything. */
export type Keeper = 'train' | 'test'

interface Border {
  reason: Loss['reason']
  take(tracks: readonly LogTrack[], partOf: ReadonlyMap<string, Part>): Map<string, { row: number; near: Part }[]>
}

/** What the parts must keep between them: the gaps in time where a rule cuts logs, then the buffer. */
function bordersOf({ rule, bufferM, neighbourS, gapS }: SplitConfig, isCut: boolean): Border[] {
  const isTemporal = [rule].flat().includes('temporal')
  const [leastS, keyOf] = isTemporal ? [Math.max(gapS, neighbourS), siteOf] : [neighbourS, vehicleOf]
  const gap: Border = { reason: 'gap', take: (tracks, partOf) => takeCloseFrames(tracks, partOf, leastS, keyOf) }
  return [
    ...(isCut ? [gap] : []),
    { reason: 'buffer', take: (tracks, partOf) => takeNearFrames(tracks, partOf, bufferM) },
  ]
}

function siteOf({ siteId }: LogTrack): string {
  return siteId
}

function vehicleOf({ rigId, siteId }: LogTrack): string {
  return JSON.stringify([rigId, siteId])
}

/** Frames that are left out so that the parts stay apart. Pieces that are in no part neither take nor lose. */
export function leaveOut(
  pieces: readonly Piece[],
  partOf: ReadonlyMap<string, Part>,
  config: SplitConfig,
  keeper: Keeper,
): Losses {
  const turn = keeper === 'test' ? mirrored : (part: Part) => part
  const turned = new Map([...partOf].map(([name, part]) => [name, turn(part)]))
  const losses: Losses = new Map()
  const isCut = pieces.some(({ region }) => region !== null)
  const borders = bordersOf(config, isCut)
  // Val gives way to the test frames that are left when all borders are drawn, so where there are several, it waits.
  const rounds = isCut ? [pieces.filter(({ logId }) => turned.get(logId) !== 'val'), pieces] : [pieces]
  for (const round of rounds)
    for (const { reason, take } of borders)
      note(losses, reason, take, remaining(round, losses), (tracks) => [tracks, turned], turn)
  return losses
}

/**
 * Frames of new pieces that are left out because they are too near to frames that a former split has settled, which
 * stay as they are. `settled`: tracks of the frames that each part kept.
 */
export function leaveOutBeside(
  settled: ReadonlyMap<Part, readonly LogTrack[]>,
  pieces: readonly Piece[],
  partOf: ReadonlyMap<string, Part>,
  config: SplitConfig,
): Losses {
  const losses: Losses = new Map()
  const isCut = pieces.some(({ region }) => region !== null)
  for (const { reason, take } of bordersOf(config, isCut))
    for (const [near, kept] of settled) {
      const losers = remaining(pieces, losses).filter(({ track }) => !isIn(partOf, track, near))
      const roles = (tracks: LogTrack[]): [LogTrack[], Map<string, Part>] => [
        [...kept, ...tracks],
        // The settled frames keep, the new ones give way, whatever their parts are.
        new Map([
          ...kept.map(({ logId }) => [logId, 'train'] as const),
          ...tracks.map(({ logId }) => [logId, 'test'] as const),
        ]),
      ]
      note(losses, reason, take, losers, roles, () => near)
    }
  return losses
}

function isIn(partOf: ReadonlyMap<string, Part>, { logId }: LogTrack, part: Part): boolean {
  return (partOf.get(logId) ?? part) === part
}

interface Remaining {
  track: LogTrack
  /** Rows of the piece that are left; null: all. */
  rows: number[] | null
}

function remaining(pieces: readonly Piece[], losses: Losses): Remaining[] {
  return pieces.map((piece) => {
    const gone = losses.get(piece.logId)
    if (!gone) return { track: piece, rows: null }
    const rows = [...piece.frameIndex.keys()].filter((row) => !gone.has(row))
    return { track: pick(piece, rows), rows }
  })
}

function note(
  losses: Losses,
  reason: Loss['reason'],
  take: Border['take'],
  losers: readonly Remaining[],
  roles: (tracks: LogTrack[]) => [readonly LogTrack[], ReadonlyMap<string, Part>],
  nearOf: (near: Part) => Part,
): void {
  const taken = take(...roles(losers.map(({ track }) => track)))
  for (const { track, rows } of losers) {
    const mine = taken.get(track.logId)
    if (!mine) continue
    const known = losses.get(track.logId) ?? new Map<number, Loss>()
    losses.set(track.logId, known)
    for (const { row, near } of mine) known.set(rows ? rows[row] : row, { reason, near: nearOf(near) })
  }
}

/** The policies in words, for `split.json`. */
export function borderPolicies(keeper: Keeper): { buffer: string; gap: string } {
  const turn = (words: string) =>
    keeper === 'train' ? words : words.replace(/\b(train|test)\b/g, (part) => mirrored(part as Part))
  return { buffer: turn(bufferDescription), gap: turn(gapDescription) }
}

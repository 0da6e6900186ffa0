import { type AuditedTrack, apart, frameRefOf } from '../auditedTracks.js'
import type { AuditSearch } from '../auditInput.js'
import { counted } from '../counted.js'
import { type Found, type NamedCase, named } from '../finding.js'
import type { FrameMatch, LogMatch } from '../signatureMatches.js'

/** Below this many times what chance would give, look-alikes of single frames say nothing. */
const chanceFactor = 2

/** Frames of val and test that look like a frame of another part, and logs that do so frame after frame. */
export const nearDuplicates: AuditSearch = {
  title: 'looks like another frame',
  find({ matches, tracks, config }): Found {
    if (!matches || matches.queries === 0) {
      const summary = matches ? 'no val or test frame has enough around it to compare' : 'the frames were not compared'
      const nothing = { numbers: { frames: null }, named: named([], 1) }
      return { severity: 'unchecked', headline: matches ? 'nothing to compare' : 'off', summary, ...nothing }
    }
    const { frames, logs, queries, empty, signed, chance } = matches
    const asked = new Set(frames.map(({ frame }) => `${frame.track} ${frame.row}`)).size
    const expected = queries * (chance ?? 0)
    const tells = asked > chanceFactor * expected
    const cases = [...logs.map((log) => logCase(log, tracks)), ...sorted(frames).map((one) => frameCase(one, tracks))]
    return {
      severity: logs.length > 0 || (asked > 0 && tells) ? 'leak' : asked > 0 ? 'note' : 'none',
      headline: logs.length > 0 ? counted(logs.length, 'copied log') : `${asked} of ${queries} frames`,
      summary:
        `${asked} of ${queries} val and test frames look like a frame of another part, ${logs.length} pairs of logs do ` +
        `so frame after frame; chance alone would give ${Math.round(expected)}; ${empty} frames are too empty to compare` +
        (matches.isExact ? '' : '; of so many frames a few that look alike may have been missed'),
      numbers: {
        ...{ frames: asked, share: asked / queries, logPairs: logs.length, expectedByChance: expected },
        ...{ identical: frames.filter(({ distance }) => distance === 0).length, unrelatedAlike: chance },
        ...{ compared: signed, tooEmpty: empty, foundAll: Number(matches.isExact) },
      },
      named: named(cases, config.mostNamed, logs.length + frames.length),
    }
  },
}

function sorted(frames: readonly FrameMatch[]): FrameMatch[] {
  return [...frames].sort((a, b) => a.distance - b.distance)
}

function frameCase({ frame, like, distance }: FrameMatch, tracks: readonly AuditedTrack[]): NamedCase {
  const [a, b] = [tracks[like.track], tracks[frame.track]]
  return {
    frames: [frameRefOf(a, like.row), frameRefOf(b, frame.row)],
    ...apart(a, like.row, b, frame.row),
    what: distance === 0 ? 'the same signature' : `signatures ${distance.toFixed(3)} apart`,
  }
}

function logCase({ matches }: LogMatch, tracks: readonly AuditedTrack[]): NamedCase {
  const worst = sorted(matches)[0]
  return { ...frameCase(worst, tracks), what: `${matches.length} frames of the two logs match in order` }
}

import { parts } from '../../part.js'
import { type AuditedTrack, apart, frameRefOf } from '../auditedTracks.js'
import type { AuditInput, AuditSearch } from '../auditInput.js'
import { type Found, type NamedCase, named } from '../finding.js'

interface Cases {
  count: number
  /** The first of them. */
  shown: NamedCase[]
}

interface Counts {
  /** Windows of one part alone. */
  whole: number
  /** Windows with frames of two parts. */
  torn: Cases
  /** Windows of one part whose horizon holds frames that were left out because they are near to another part. */
  entering: Cases
}

/** A step in time this many times the usual one is a gap, and no window goes over it. */
const gapSteps = 1.5

/** Windows, for a clip that is seen and a horizon that is asked for, that do not lie in one part. */
export const straddlingWindows: AuditSearch = {
  title: 'windows over a border',
  find(input) {
    const counts: Counts = { whole: 0, torn: { count: 0, shown: [] }, entering: { count: 0, shown: [] } }
    for (const track of input.tracks) searchTrack(track, input, counts)
    return finding(counts, input)
  },
}

function finding({ whole, torn, entering }: Counts, { config, cutsLogs }: AuditInput): Found {
  const { clip, horizon, mostNamed } = config
  const all = whole + torn.count + entering.count
  const numbers = { clip, horizon, windows: all, torn: torn.count, enteringBuffer: entering.count }
  if (all === 0) {
    const summary = `no log holds a window of ${clip} + ${horizon} frames`
    return { severity: 'unchecked', headline: 'no windows', summary, numbers, named: named([], 1) }
  }
  const tornSeverity = cutsLogs ? 'note' : 'leak'
  return {
    severity: torn.count > 0 ? tornSeverity : entering.count > 0 ? 'note' : 'none',
    headline:
      torn.count > 0 || entering.count === 0
        ? `${torn.count} of ${all} torn`
        : `${entering.count} of ${all} enter a buffer`,
    summary:
      `of ${all} windows of ${clip} + ${horizon} frames ${torn.count} hold frames of two parts, and the horizon of ` +
      `${entering.count} enters the buffer of another part`,
    numbers,
    named: named([...torn.shown, ...entering.shown], mostNamed, torn.count + entering.count),
  }
}

function searchTrack(track: AuditedTrack, { places, config }: AuditInput, counts: Counts): void {
  const { clip, horizon, bufferM, mostNamed } = config
  const length = clip + horizon
  const isBuffer = bufferRows(track, (siteId, x, y, part) => places.nearest(part, siteId, x, y, bufferM) !== null)
  const note = (cases: Cases, first: number, what: string) => {
    if (cases.count++ < mostNamed) cases.shown.push(windowCase(track, first, length, what))
  }
  for (const [from, to] of runsOf(track)) {
    const inside = new PartCounts(track.partOfRow)
    for (let row = from; row < to; row++) {
      inside.add(row, 1)
      const first = row - length + 1
      if (first < from) continue
      if (inside.parts > 1) note(counts.torn, first, 'frames of two parts')
      else if (inside.frames === length) counts.whole++
      else if (entersBuffer(track, first, config, isBuffer)) note(counts.entering, first, 'the horizon enters a buffer')
      inside.add(first, -1)
    }
  }
}

/** Whether the clip is of one part, and the horizon holds a frame that was left out near to another. */
function entersBuffer(
  { partOfRow }: AuditedTrack,
  first: number,
  { clip, horizon }: AuditInput['config'],
  isBuffer: (row: number, own: number) => boolean,
): boolean {
  const own = partOfRow[first]
  for (let row = first; row < first + clip; row++) if (own < 0 || partOfRow[row] !== own) return false
  for (let row = first + clip; row < first + clip + horizon; row++) if (isBuffer(row, own)) return true
  return false
}

/** How many rows of a window are in each part. */
class PartCounts {
  private readonly counts = parts.map(() => 0)
  /** Rows in a part, and parts with a row. */
  frames = 0
  parts = 0

  constructor(private readonly partOfRow: Int8Array) {}

  /** `sign` 1: the row comes in; −1: it goes. */
  add(row: number, sign: 1 | -1): void {
    const part = this.partOfRow[row]
    if (part < 0) return
    const before = this.counts[part]
    this.counts[part] += sign
    this.frames += sign
    if (before === 0 || this.counts[part] === 0) this.parts += sign
  }
}

function windowCase(track: AuditedTrack, first: number, length: number, what: string): NamedCase {
  const last = first + length - 1
  return {
    frames: [frameRefOf(track, first), frameRefOf(track, last)],
    ...apart(track, first, track, last),
    what,
  }
}

type IsNear = (siteId: string, xM: number, yM: number, part: (typeof parts)[number]) => boolean

/** Whether a row is in no part, and near to a frame of another part than the one given. Each is asked for once. */
function bufferRows(track: AuditedTrack, isNear: IsNear): (row: number, own: number) => boolean {
  const known = new Map<number, number[]>()
  return (row, own) => {
    if (track.partOfRow[row] >= 0) return false
    const near = known.get(row) ?? nearParts(track, row, isNear)
    known.set(row, near)
    return near.some((part) => part !== own)
  }
}

function nearParts({ siteId, xM, yM }: AuditedTrack, row: number, isNear: IsNear): number[] {
  return [...parts.keys()].filter((part) => isNear(siteId, xM[row], yM[row], parts[part]))
}

/** Rows [from, to) without a gap in time. */
function runsOf({ timestampNs }: AuditedTrack): [number, number][] {
  const steps = Array.from(timestampNs.subarray(1), (t, i) => Number(t - timestampNs[i]))
  const usual = [...steps].sort((a, b) => a - b)[steps.length >> 1]
  const cuts = steps.flatMap((step, i) => (step > gapSteps * usual ? [i + 1] : []))
  const ends = [...cuts, timestampNs.length]
  return ends.map((end, i) => [i === 0 ? 0 : ends[i - 1], end])
}

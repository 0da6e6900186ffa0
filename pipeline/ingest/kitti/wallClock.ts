import { DataError } from '../../errors.js'
import { readTextRows } from '../files/textRows.js'

const form = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?$/

/** The times of a stream of a drive. */
export interface WallClock {
  /** `YYYY-MM-DD` of the first one; null without any. */
  date: string | null
  /** By frame number: an empty line is a frame that the stream lacks. */
  timestampsNs: ReadonlyMap<number, bigint>
}

/**
 * A `timestamps*.txt` of KITTI's raw recordings: line n + 1 has frame n's date and time of day, to the ns (others' tools may
 * write fewer digits). They carry no time zone, and neither do the timestamps made of them: ns from 1970-01-01 00:00:00 on the
 * same clock, which may be hours away from UTC. Throws DataError with the line.
 */
export async function readWallClock(file: string): Promise<WallClock> {
  const rows = await readTextRows(file)
  const timestampsNs = new Map(rows.map(({ line, text }) => [line - 1, wallClockNs(text, file, line)]))
  return { date: rows[0]?.text.slice(0, 10) ?? null, timestampsNs }
}

function wallClockNs(text: string, file: string, line: number): bigint {
  const match = form.exec(text)
  if (match) {
    const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number)
    const ms = Date.UTC(year, month - 1, day, hour, minute, second)
    // A date that does not exist comes back as another one.
    if (new Date(ms).toISOString().slice(0, 19) === text.slice(0, 19).replace(' ', 'T'))
      return BigInt(ms) * 1_000_000n + BigInt((match[7] ?? '').padEnd(9, '0'))
  }
  const expected = 'YYYY-MM-DD hh:mm:ss.nnnnnnnnn, or fewer digits'
  throw new DataError('not a time', { file, place: `line ${line}`, expected, actual: text.slice(0, 40) })
}

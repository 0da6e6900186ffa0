import type { DataError } from '../../errors.js'
import type { RawLog } from '../reader.js'
import { below } from './below.js'
import type { Check, Observation, ReadWatch } from './check.js'

const muchOfAll = 0.1

/** Sweeps and grids whose files are cut short, damaged or not what they claim to be. */
export const unreadable: Check = {
  finds: 'sweeps and grids that cannot be read',
  rule: `A sweep or grid is damaged: its frame is left out and counted, and frames after it do without it; when more than ${100 * muchOfAll} % of those that were asked for are, the log is left out.`,
  reason:
    'One file cut short in a download spoils a frame or two of a log, not the hundreds of others. Where many are, they are not what the log says they are.',
  watch: (log) => new FailureWatch(log),
}

class FailureWatch implements ReadWatch {
  private good = 0
  private bad = 0
  private first: DataError | null = null

  constructor(private readonly log: RawLog) {}

  read(): void {
    this.good++
  }

  failed(error: DataError): void {
    this.bad++
    this.first ??= error
  }

  /** Throws the first error where there are too many: it says best what is wrong with the log. */
  observations(): Observation[] {
    const { log, good, bad, first } = this
    if (!first) return []
    if (bad > muchOfAll * (good + bad)) throw first
    const { file = log.dir, place = 'the whole file', expected = 'a file that can be read', what } = first
    const actual = first.actual === undefined ? what : `${what}: ${first.actual}`
    return [{ file: below(log, file), place, expected, actual, count: bad, effect: 'frames' }]
  }
}

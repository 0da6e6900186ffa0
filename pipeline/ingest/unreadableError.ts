import { DataError } from '../errors.js'

/** One sweep or grid that cannot be read. What needs it is left out; the rest of the log is good. */
export class UnreadableError extends DataError {
  constructor(override readonly cause: DataError) {
    const { what, file, place, expected, actual } = cause
    super(what, { file, place, expected, actual, cause })
  }
}

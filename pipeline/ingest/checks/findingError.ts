import { join } from 'node:path'
import { DataError } from '../../errors.js'
import type { Finding } from './check.js'

/** A log that a finding condemns: it is left out, and the finding is listed. */
export class FindingError extends DataError {
  constructor(
    readonly finding: Finding,
    /** The log's folder. */
    dir: string,
  ) {
    const { check, file, place, expected, actual } = finding
    super(`${check}: the log is not fit for use`, { file: join(dir, file), place, expected, actual })
  }
}

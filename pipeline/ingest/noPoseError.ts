import { DataError } from '../errors.js'

/** A time at which nobody knows where the ego was. What needs that time is left out; the rest of the log is good. */
export class NoPoseError extends DataError {}

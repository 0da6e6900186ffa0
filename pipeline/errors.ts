/**
 * Tagged errors. Code throws them where a boundary is crossed (a file, a flag, a folder); only `cli/main.ts` handles
 * them, once, by printing `message` and leaving with `exitCode`.
 */

/** What every error says beside its sentence: the file, the place in it, what was expected and what was there. */
export interface ErrorPlace {
  file?: string
  /** Row, line, byte offset, column or key: whatever leads a reader to the spot. */
  place?: string
  expected?: string
  actual?: string
  cause?: unknown
}

/** Base of all errors that a user can do something about. */
export abstract class OcclabError extends Error {
  abstract readonly tag: string
  abstract readonly exitCode: number
  /** The sentence alone, of which `message` says the place as well. */
  readonly what: string
  readonly file?: string
  readonly place?: string
  readonly expected?: string
  readonly actual?: string

  constructor(what: string, at: ErrorPlace = {}) {
    super(sentence(what, at), at.cause === undefined ? undefined : { cause: at.cause })
    this.name = new.target.name
    this.what = what
    this.file = at.file
    this.place = at.place
    this.expected = at.expected
    this.actual = at.actual
  }
}

/** Exit 2: a flag, a configuration key or a folder that the user named is not usable as asked. */
export class UsageError extends OcclabError {
  readonly tag = 'usage'
  readonly exitCode = 2
}

/** Exit 3: a source or a stage's folder holds something that cannot be read as what it claims to be. */
export class DataError extends OcclabError {
  readonly tag = 'data'
  readonly exitCode = 3
}

/** Exit 2: another living process writes the same target. */
export class LockedError extends OcclabError {
  readonly tag = 'locked'
  readonly exitCode = 2
}

/** Exit 3: the disk is full or unwritable; what was finished stays and the next run goes on from it. */
export class DiskError extends OcclabError {
  readonly tag = 'disk'
  readonly exitCode = 3
}

/** Exit 130: the user stopped the work; what was finished stays and the next run goes on from it. */
export class Interrupted extends OcclabError {
  readonly tag = 'interrupted'
  readonly exitCode = 130
}

function sentence(what: string, { file, place, expected, actual }: ErrorPlace): string {
  const where = [file, place].filter(Boolean).join(', ')
  const wanted = [expected && `expected ${expected}`, actual && `found ${actual}`].filter(Boolean).join(', ')
  return [where && `${where}:`, wanted ? `${what} (${wanted})` : what].filter(Boolean).join(' ')
}

/** The message of anything thrown, for use as an `actual` or a reason. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

import type { Skip } from '../manifest.js'

/** Counts what a log's reading leaves out, with the first place of each kind, for the manifest. */
export class SkipCounter {
  private readonly kinds = new Map<string, Skip>()

  /** `where` is the file below the log's folder and the row, counted from 0. */
  add(what: string, why: string, where: string, count = 1): void {
    if (count === 0) return
    const key = `${what}\n${why}`
    const known = this.kinds.get(key)
    if (known) known.count += count
    else this.kinds.set(key, { what, why, where, count })
  }

  /** Every kind, its place below `prefix`. */
  list(prefix: string): Skip[] {
    return [...this.kinds.values()].map((skip) => ({ ...skip, where: prefix + skip.where }))
  }
}

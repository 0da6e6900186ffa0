import { cpSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { IngestConfig } from '../../../../pipeline/ingest/config.js'
import { sharedTempFolder, tempFolder } from '../../../support/tempFolder.js'

/** One good log of a layout, as an independent writer of that layout makes it: what every reader test starts from. */
export interface Sample {
  /** Writes the log below `dir`, an empty folder, and returns the folder or file that a user would name. */
  write(dir: string): string | Promise<string>
  /** Settings without which it cannot be ingested: an identity that the layout does not hold, a grid, a taxonomy. */
  config: Partial<IngestConfig>
  /** Frames that ingest makes of it with that config. */
  frames: number
  /** Why it cannot be written on this machine (a Python package is missing), as an ending of a test's name; else ''. */
  missing: string
}

/** Writes a sample once for a test file, and hands out copies that a test may damage: the path that a user would name. */
export function copiesOf(sample: Sample): () => Promise<string> {
  const master = sharedTempFolder()
  let written: Promise<string> | null = null
  return async () => {
    written ??= Promise.resolve(sample.write(master()))
    const named = relative(master(), await written)
    const copy = tempFolder()
    cpSync(master(), copy, { recursive: true })
    return join(copy, named)
  }
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'

/** A folder of the running test's own, removed when it ends. */
export function tempFolder(): string {
  const dir = made()
  onTestFinished(() => removed(dir))
  return dir
}

/**
 * A folder that the tests of a file or a suite share, made when it is first asked for and removed after them. Not before:
 * where all of them are skipped, nothing after them runs.
 */
export function sharedTempFolder(): () => string {
  let dir: string | null = null
  afterAll(() => {
    if (dir) removed(dir)
  })
  return () => {
    dir ??= made()
    return dir
  }
}

function made(): string {
  return mkdtempSync(join(tmpdir(), 'occlab-test-'))
}

function removed(dir: string): void {
  rmSync(dir, { recursive: true, force: true })
}

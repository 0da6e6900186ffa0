import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Gives a run of the tests a temporary folder of its own, which goes with all that is left in it: by tests that fail, by
 * processes that a test kills, by browsers. Tests sign with a key in it, not with the developer's.
 */
export default function ownTempFolder(): () => void {
  const dir = mkdtempSync(join(tmpdir(), 'occlab-tests-'))
  process.env.TMPDIR = dir
  process.env.OCCLAB_KEY = join(dir, 'key.pem')
  return () => rmSync(dir, { recursive: true, force: true })
}

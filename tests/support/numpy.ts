import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'

const scripts = resolve(import.meta.dirname, '..', 'pipeline', 'ingest', 'python')
const found = spawnSync('python3', ['-c', 'import numpy'], { encoding: 'utf8' })

/** Why files cannot be held against NumPy here, as an ending of a test's name; empty when they can. */
export const noNumpy =
  found.status === 0 ? '' : ` (skipped: ${(found.stderr ?? '').trim().split('\n').at(-1) || 'no python3'})`

if (noNumpy) console.warn(`files are not held against NumPy${noNumpy}`)

/** Runs one of `tests/pipeline/ingest/python` to its end and returns what it printed, parsed. Throws its complaint. */
export function numpy(script: string, ...args: string[]): unknown {
  const options = { encoding: 'utf8', maxBuffer: 1 << 28 } as const
  const { status, stdout, stderr } = spawnSync('python3', [join(scripts, script), ...args], options)
  if (status !== 0) throw new Error(`${script}: ${stderr}`)
  return JSON.parse(stdout)
}

import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'

const scripts = resolve(import.meta.dirname, '..', 'pipeline', 'python')
const found = spawnSync('python3', ['-c', 'import pyarrow, numpy'], { encoding: 'utf8' })

/** Why files cannot be held against pyarrow here, as an ending of a test's name; empty when they can. */
export const noPyarrow =
  found.status === 0 ? '' : ` (skipped: ${(found.stderr ?? '').trim().split('\n').at(-1) || 'no python3'})`

if (noPyarrow) console.warn(`files are not held against pyarrow${noPyarrow}`)

/** Runs one of `tests/pipeline/python` to its end and returns what it printed, parsed. Throws what it complains of. */
export function pyarrow(script: string, ...args: string[]): unknown {
  const options = { encoding: 'utf8', maxBuffer: 1 << 28 } as const
  const { status, stdout, stderr } = spawnSync('python3', [join(scripts, script), ...args], options)
  if (status !== 0) throw new Error(`${script}: ${stderr}`)
  return JSON.parse(stdout)
}

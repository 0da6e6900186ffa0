import { spawnSync } from 'node:child_process'

const found = spawnSync('python3', ['-c', 'import laspy, lazrs, numpy'], { encoding: 'utf8' })

/** Why LAS and LAZ cannot be held against laspy here, as an ending of a test's name; empty when they can. */
export const noLaspy =
  found.status === 0 ? '' : ` (skipped: ${(found.stderr ?? '').trim().split('\n').at(-1) || 'no python3'})`

if (noLaspy) console.warn(`LAS and LAZ are not held against laspy${noLaspy}`)

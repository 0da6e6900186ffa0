import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempFolder } from '../../support/tempFolder.js'

/** Rows of class probabilities, their classes, and which of them count. */
export interface LossCase {
  probabilities: number[][]
  labels: number[]
  counted: number[]
  gamma: number
}

/** What `definitions.py` makes of each case; needs NumPy. */
export function byDefinition(cases: readonly LossCase[]): { lovasz: number; focal: number[] }[] {
  const file = join(tempFolder(), 'cases.json')
  writeFileSync(file, JSON.stringify(cases))
  const script = join(import.meta.dirname, 'definitions.py')
  const { status, stdout, stderr } = spawnSync('python3', [script, file], { encoding: 'utf8', maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

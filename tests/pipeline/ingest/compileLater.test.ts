import { execFileSync, spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { scriptWith } from '../../support/scriptWith.js'

const module = 'pipeline/ingest/compileLater.ts'

/** Prints whether V8 has made a function faster that ran 120 kB of code or so: while it is held back, and afterwards. */
const warm = `
const isFast = (work) => (%GetOptimizationStatus(work) & 16) !== 0
async function runs(work) {
  for (let n = 0; n < 10000; n++) work(n)
  await new Promise((resolve) => setTimeout(resolve, 300))
  work(1)
  return isFast(work)
}
const release = compileLater()
const held = await runs(function held(n) { return n * 2 + (n & 3) })
release()
console.log(held, await runs(function free(n) { return n * 3 + (n & 5) }))
`

const countsBytes = Number.parseInt(process.versions.v8, 10) <= 11

// In a process of its own, with a flag that lets it ask what V8 did.
test.skipIf(!countsBytes)('V8 leaves slow what is not hot while it is held back, and afterwards does not', async () => {
  const file = await scriptWith(module, warm)
  const said = execFileSync(process.execPath, ['--allow-natives-syntax', file], { encoding: 'utf8' })
  expect(said.trim()).toBe('false true')
})

test('V8 takes what it is told without a word', async () => {
  const file = await scriptWith(module, 'compileLater()()')
  const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' })
  expect([stdout, stderr]).toEqual(['', ''])
})

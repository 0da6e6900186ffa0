/**
 * `npm test`: all set-up, then lint, types and every test, ending in one line `N passed, N failed, N skipped`.
 * Arguments go to vitest (`npm test -- tests/eval`).
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { provideChromium, providePython } from './peers.mjs'
import { createReporter } from './reporter.mjs'
import { setup } from './setup.mjs'
import { SetupError } from './setupError.mjs'

const root = path.resolve(import.meta.dirname, '..')
const bin = (name) => path.join(root, 'node_modules', '.bin', name)

function check(name, program, args, env) {
  console.log(`\n── ${name}`)
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit', env })
  return status === 0
}

function vitest(args, env) {
  const folder = mkdtempSync(path.join(tmpdir(), 'occlab-tests-'))
  const file = path.join(folder, 'results.json')
  try {
    const ok = check(
      'tests',
      bin('vitest'),
      ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args],
      env,
    )
    const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = JSON.parse(
      readFileSync(file, 'utf8'),
    )
    // A file that fails before its first test counts as one failure.
    const failed = Math.max(numFailedTests, ok ? 0 : Math.max(1, numFailedTestSuites))
    return { passed: numPassedTests, failed, skipped: numPendingTests }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function main() {
  await setup()
  const reporter = createReporter()
  const env = { ...process.env, ...(await providePython(reporter)), ...(await provideChromium(reporter)) }
  const args = process.argv.slice(2)
  const checks =
    args.length > 0
      ? []
      : [check('lint', bin('biome'), ['check', '.'], env), check('types', bin('tsc'), ['--noEmit'], env)]
  const tests = vitest(args, env)
  const passed = tests.passed + checks.filter(Boolean).length
  const failed = tests.failed + checks.filter((ok) => !ok).length
  console.log(`\n${passed} passed, ${failed} failed, ${tests.skipped} skipped`)
  process.exitCode = failed === 0 ? 0 : 1
}

main().catch((error) => {
  console.error(error instanceof SetupError ? `occlab tests: ${error.message}` : error)
  console.log('\n0 passed, 1 failed')
  process.exitCode = error instanceof SetupError ? error.exitCode : 1
})

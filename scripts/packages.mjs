import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { findProgram, lastLines, run } from './run.mjs'
import { SetupError } from './setupError.mjs'

const OFFLINE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/

/** The set-up step that installs the npm packages of package-lock.json. */
export function packagesStep(root, lock) {
  return {
    name: 'npm packages',
    lock,
    async state() {
      const count = installedCount(root)
      return count === null ? null : `${count} as in package-lock.json`
    },
    intent: () => 'npm ci --ignore-scripts',
    async apply(report) {
      report.start('npm packages', 'npm ci')
      if (!findProgram('npm')) throw new SetupError('npm is not on the PATH: it comes with Node; apt-get install npm')
      // tfjs-node's own install script would fetch an outdated libtensorflow; no other package needs its script. Compiler
      // and test runner are wanted even where NODE_ENV=production would leave them out.
      const plain = ['--ignore-scripts', '--include=dev', '--no-audit', '--no-fund']
      const args = ['ci', ...plain, '--prefer-offline', '--loglevel', 'error']
      const { code, stdout, stderr } = await run('npm', args, { cwd: root })
      if (code !== 0) throw npmError(`${stderr}\n${stdout}`)
      return `${installedCount(root)} installed`
    },
  }
}

/**
 * How many packages are installed, or null unless they are those of package-lock.json. npm notes what it installed in
 * a lock file of its own; optional packages (binaries for other platforms) may be absent.
 */
function installedCount(root) {
  const installed = packagesOf(path.join(root, 'node_modules/.package-lock.json'))
  if (installed === null) return null
  const wanted = packagesOf(path.join(root, 'package-lock.json')) ?? {}
  const agrees = Object.entries(wanted).every(([where, { version, optional }]) => {
    if (where === '') return true
    return where in installed ? installed[where].version === version : optional === true
  })
  return agrees ? Object.keys(installed).length : null
}

function packagesOf(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : null
}

function npmError(output) {
  const reason = lastLines(output, 6)
  if (!OFFLINE.test(output)) return new SetupError(`npm ci failed:\n${reason}`)
  return new SetupError(
    'no network: npm cannot reach its registry. Check the connection or the proxy, then run again',
    {
      cause: reason,
    },
  )
}

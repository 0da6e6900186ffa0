import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { cacheFolder } from './libtensorflow.mjs'
import { findProgram, lastLines, run } from './run.mjs'
import { SetupError } from './setupError.mjs'

/** The programs that the tests and benchmarks hold occlab against: Python's, and a browser. None is needed to use occlab. */

const root = path.resolve(import.meta.dirname, '..')
const needed = {
  tests: { what: 'Python packages', list: path.join(root, 'tests', 'requirements.txt') },
  benchmarks: { what: 'Python packages', list: path.join(root, 'bench', 'peers', 'requirements.txt') },
  // From PyPI it comes with its libraries for GPUs and does not load without them: 5.4 GB on disk, and as much again as was
  // downloaded while it is installed.
  training: { what: 'PyTorch', list: path.join(root, 'bench', 'peers', 'trainRequirements.txt'), gb: 9 },
}

/**
 * The Python packages of the tests or of the benchmarks, in a folder of the cache. Returns the environment that makes
 * python3 find them.
 */
export async function providePython(reporter, user = 'tests') {
  const { what, list, gb = 0 } = needed[user]
  const { stdout } = await run('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'])
  const key = createHash('sha256').update(readFileSync(list)).update(stdout).digest('hex').slice(0, 12)
  const folder = path.join(cacheFolder(), `python-${key}`)
  removeLeftovers(cacheFolder())
  if (!existsSync(folder)) await installPython(reporter, { what, list, gb }, folder)
  reporter.done(what, `for the ${user}`)
  return { PYTHONPATH: [folder, process.env.PYTHONPATH].filter(Boolean).join(path.delimiter) }
}

/** Throws SetupError where a folder's disk has less room than `gb`: before gigabytes are downloaded, not after it. */
export function checkRoom(what, gb, folders, freeGbOf = freeGb) {
  for (const folder of folders) {
    const free = freeGbOf(folder)
    if (free < gb) throw new SetupError(`${what} needs ${gb} GB free at ${folder}, where ${free.toFixed(1)} GB are`)
  }
}

function freeGb(folder) {
  const { bavail, bsize } = statfsSync(folder)
  return (bavail * bsize) / 1e9
}

const partialEnd = '.partial'
/** Of an hour ago: processes of another machine that shares the cache are not seen from here. */
const leftoverMs = 3600e3

/** Removes what installations have left in the cache that were killed: gigabytes, where it was PyTorch. */
export function removeLeftovers(cache, isRunning = isProcess) {
  if (!existsSync(cache)) return
  for (const name of readdirSync(cache)) {
    const [, pid] = name.match(/^python-[0-9a-f]+\.(\d+)\.partial$/) ?? []
    const folder = path.join(cache, name)
    if (pid === undefined || isRunning(Number(pid)) || Date.now() - statSync(folder).mtimeMs < leftoverMs) continue
    rmSync(folder, { recursive: true, force: true })
  }
}

function isProcess(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

async function installPython(reporter, { what, list, gb }, folder) {
  mkdirSync(path.dirname(folder), { recursive: true })
  // pip unpacks in the system's folder for temporary files first.
  checkRoom(what, gb, [path.dirname(folder), tmpdir()])
  reporter.start(what, 'installing')
  const partial = `${folder}.${process.pid}${partialEnd}`
  mkdirSync(partial, { recursive: true })
  const options = ['--quiet', '--disable-pip-version-check', '--only-binary=:all:']
  const args = ['-m', 'pip', 'install', ...options, '--target', partial, '-r', list]
  const { code, stderr } = await run('python3', args)
  if (code !== 0) {
    rmSync(partial, { recursive: true, force: true })
    throw new SetupError(`${what} could not be installed: ${lastLines(stderr, 1)}`)
  }
  // Another run may have finished first: its folder is as good as ours.
  if (existsSync(folder)) rmSync(partial, { recursive: true, force: true })
  else renameSync(partial, folder)
}

/**
 * Chromium for the browser tests: $CHROMIUM, one on the PATH, or Debian's package where we may install it. Without one the
 * browser tests are skipped and say so.
 */
export async function provideChromium(reporter) {
  const found = process.env.CHROMIUM ?? findProgram('chromium')
  if (found) {
    reporter.done('chromium', found)
    return { CHROMIUM: found }
  }
  if (process.getuid?.() === 0 && findProgram('apt-get')) {
    reporter.start('chromium', 'installing the Debian package')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['update', '-q'], { env })
    await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], { env })
  }
  const installed = findProgram('chromium')
  if (installed) {
    reporter.done('chromium', installed)
    return { CHROMIUM: installed }
  }
  reporter.missing('chromium', 'not found: the browser tests are skipped (apt-get install chromium)')
  return {}
}

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { cacheFolder } from './libtensorflow.mjs'
import { findProgram, lastLines, run } from './run.mjs'
import { SetupError } from './setupError.mjs'

/** The programs that the tests hold occlab against: Python's Arrow, and a browser. Neither is needed to use occlab. */

const requirements = path.resolve(import.meta.dirname, '..', 'tests', 'requirements.txt')

/** pyarrow and numpy in a folder of the cache. Returns the environment that makes python3 find them. */
export async function providePython(reporter) {
  const { stdout } = await run('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'])
  const key = createHash('sha256').update(readFileSync(requirements)).update(stdout).digest('hex').slice(0, 12)
  const folder = path.join(cacheFolder(), `python-${key}`)
  if (!existsSync(folder)) await installPython(reporter, folder)
  reporter.done('pyarrow, numpy', 'for the tests')
  return { PYTHONPATH: [folder, process.env.PYTHONPATH].filter(Boolean).join(path.delimiter) }
}

async function installPython(reporter, folder) {
  reporter.start('pyarrow, numpy', 'installing')
  const partial = `${folder}.${process.pid}.partial`
  mkdirSync(partial, { recursive: true })
  const args = ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:', '--target', partial, '-r', requirements]
  const { code, stderr } = await run('python3', args)
  if (code !== 0) {
    rmSync(partial, { recursive: true, force: true })
    throw new SetupError(`pyarrow and numpy could not be installed: ${lastLines(stderr, 1)}`)
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

import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs'
import path from 'node:path'
import { megabytes } from './reporter.mjs'
import { findProgram, lastLines, run } from './run.mjs'

/**
 * What the set-up cannot bring itself. `occlab doctor` prints the same list.
 * @typedef {{name: string, ok: boolean, detail: string}} Requirement `detail` is what was found, or what is missing and how to get it
 */

export const MINIMUM_NODE = [20, 19]
/** The platform tag of the wheels: manylinux_2_27. */
const MINIMUM_GLIBC = [2, 27]
const COMPILERS = ['g++', 'c++', 'clang++']

/**
 * @param {{folder: string, bytes: number}[]} space how much is still to be written, and where
 * @returns {Promise<Requirement[]>}
 */
export async function checkRequirements(space) {
  // An older Node may lack what the other checks need.
  const node = checkNode(process.versions.node)
  if (!node.ok) return [node]
  const python = await checkPython()
  const rest = await Promise.all([...(python.ok ? [checkPip()] : []), checkCompiler()])
  return [node, checkPlatform(), python, ...rest, checkSpace(space)]
}

export function checkNode(version) {
  const ok = atLeast(version, MINIMUM_NODE)
  const wanted = MINIMUM_NODE.join('.')
  return {
    name: 'Node',
    ok,
    detail: ok ? version : `is ${version}, needs ${wanted} or newer: install it with nvm or fnm`,
  }
}

function checkPlatform() {
  const name = 'platform'
  const here = `${process.platform} ${process.arch}`
  if (here !== 'linux x64') {
    return { name, ok: false, detail: `is ${here}; the engine is built for Linux on x86-64: use a container or a VM` }
  }
  const glibc = glibcVersion()
  if (!glibc || !atLeast(glibc, MINIMUM_GLIBC)) {
    const found = glibc ? `glibc ${glibc}` : 'no glibc'
    return {
      name,
      ok: false,
      detail: `has ${found}, needs glibc ${MINIMUM_GLIBC.join('.')}: Debian 10, Ubuntu 18.10 or newer`,
    }
  }
  if (!/^flags\s*:.*\bavx\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'))) {
    return { name, ok: false, detail: 'has a processor without AVX, which TensorFlow needs: use another machine' }
  }
  return { name, ok: true, detail: `${here}, glibc ${glibc}` }
}

function glibcVersion() {
  // Without this Node looks up the names of all its peers, which can take seconds.
  process.report.excludeNetwork = true
  return process.report.getReport().header.glibcVersionRuntime
}

async function checkPython() {
  const { code, stdout } = await run('python3', ['--version'])
  if (code === 0) return { name: 'python3', ok: true, detail: stdout.trim().replace('Python ', '') }
  return { name: 'python3', ok: false, detail: 'is not on the PATH: apt-get install python3 python3-pip' }
}

async function checkPip() {
  const { code, stdout } = await run('python3', ['-m', 'pip', '--version'])
  if (code === 0) return { name: 'pip', ok: true, detail: stdout.split(' ')[1] }
  return { name: 'pip', ok: false, detail: 'does not run as `python3 -m pip`: apt-get install python3-pip' }
}

/** The C++ compiler to use, or null. */
export function findCompiler(env = process.env) {
  const usable = (name) => (path.isAbsolute(name) ? existsSync(name) : findProgram(name, env) !== null)
  return [env.CXX, ...COMPILERS].filter(Boolean).find(usable) ?? null
}

async function checkCompiler() {
  const name = 'C++ compiler'
  const compiler = findCompiler()
  if (!compiler)
    return { name, ok: false, detail: `is missing (no ${COMPILERS.join(', ')} on the PATH): apt-get install g++` }
  const { code, stdout, stderr } = await run(compiler, ['--version'])
  if (code === 0) return { name, ok: true, detail: stdout.split('\n')[0] }
  return { name, ok: false, detail: `${compiler} does not run (${lastLines(stderr, 1)}): apt-get install g++` }
}

/** Needs that fall on the same file system add up. */
export function checkSpace(space) {
  const name = 'disk'
  const closed = space.find(({ folder, bytes }) => bytes > 0 && !isWritable(nearestExisting(folder)))
  if (closed)
    return { name, ok: false, detail: `${closed.folder} cannot be written: change its owner, or set OCCLAB_CACHE` }
  const bySystem = new Map()
  for (const { folder, bytes } of space) {
    const existing = nearestExisting(folder)
    const device = statSync(existing).dev
    const { folders = [], needed = 0 } = bySystem.get(device) ?? {}
    const { bavail, bsize } = statfsSync(existing)
    bySystem.set(device, { folders: [...folders, folder], needed: needed + bytes, free: bavail * bsize })
  }
  const systems = [...bySystem.values()]
  const short = systems.find(({ needed, free }) => free < needed)
  if (short) {
    const { folders, needed, free } = short
    const detail = `${folders.join(' and ')}: ${megabytes(free)} free, needs ${megabytes(needed)}: free space, or set OCCLAB_CACHE`
    return { name, ok: false, detail }
  }
  return {
    name,
    ok: true,
    detail: systems.map(({ folders, free }) => `${megabytes(free)} free for ${folders.join(', ')}`).join('; '),
  }
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function nearestExisting(folder) {
  return existsSync(folder) ? folder : nearestExisting(path.dirname(folder))
}

/** @param {string} version @param {number[]} minimum major and minor */
function atLeast(version, [major, minor]) {
  const [hasMajor, hasMinor] = version.split('.').map(Number)
  return hasMajor > major || (hasMajor === major && hasMinor >= minor)
}

/** What only some tests use; they are skipped without it. @returns {Promise<Requirement[]>} */
export function checkOptional() {
  return Promise.all([checkChromium(), checkPyarrow()])
}

function checkChromium() {
  const found = process.env.CHROMIUM ?? findProgram('chromium') ?? undefined
  const missing = 'not found, so the browser tests are skipped: apt-get install chromium, or set CHROMIUM'
  return { name: 'chromium', ok: found !== undefined, detail: found ?? missing }
}

async function checkPyarrow() {
  const { code, stdout } = await run('python3', ['-c', 'import pyarrow; print(pyarrow.__version__)'])
  const missing = 'not found; only the tests use it, and `npm test` brings its own'
  return { name: 'pyarrow', ok: code === 0, detail: code === 0 ? stdout.trim() : missing }
}

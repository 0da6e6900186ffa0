import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { megabytes } from './reporter.mjs'
import { findProgram, lastLines, run } from './run.mjs'
import { SetupError } from './setupError.mjs'
import { fetchWheel, patternsOf } from './wheels.mjs'

const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']

/** `OCCLAB_CACHE`, else the user's cache folder: libtensorflow is fetched once per user, not once per checkout. */
export function cacheFolder(env = process.env) {
  if (env.OCCLAB_CACHE) return path.resolve(env.OCCLAB_CACHE)
  return path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'occlab')
}

/** Whether an NVIDIA GPU answers; `OCCLAB_DEVICE` or a flag overrules it. @returns {Promise<'cpu' | 'gpu'>} */
export async function detectDevice(env = process.env) {
  if (!findProgram('nvidia-smi', env)) return 'cpu'
  const { code, stdout } = await run('nvidia-smi', ['-L'], { env })
  return code === 0 && stdout.includes('GPU ') ? 'gpu' : 'cpu'
}

/** @param {import('./wheels.mjs').WheelPlan} plan */
export const engineFolder = (plan, cache) => path.join(cache, plan.folder)

/** The set-up step that leaves the libraries and headers of `plan` in the cache. */
export function libtensorflowStep(plan, cache) {
  const folder = engineFolder(plan, cache)
  return {
    name: 'libtensorflow',
    lock: path.join(cache, 'setup.lock'),
    state: async () => (isComplete(folder) ? `${plan.tensorflow} (${plan.device}) in ${folder}, cached` : null),
    intent: () => describe(plan, cache),
    async apply(report) {
      await provision(plan, cache, report)
      return `${plan.tensorflow} (${plan.device}) in ${folder}, ${megabytes(plan.unpacked)}`
    },
  }
}

/** One line per wheel: what would be fetched and where it would go. */
export function describe(plan, cache) {
  const wheels = plan.wheels.map(({ name, version, size }) => `${name} ${version} (${megabytes(size)})`)
  return `fetch ${wheels.join(', ')}; unpack ${megabytes(plan.unpacked)} to ${engineFolder(plan, cache)}`
}

/** A folder gets its final name only when everything is in it; the check guards against one emptied by hand. */
function isComplete(folder) {
  return LIBRARIES.every((library) => existsSync(path.join(folder, 'tensorflow', library)))
}

/**
 * Fetches, checks and unpacks the wheels one after the other, so that only one of them is on disk at a time. A killed
 * run goes on with the wheel it was at. The caller holds the lock.
 * @param {import('./wheels.mjs').WheelPlan} plan
 * @param {{locate?: (wheel: import('./wheels.mjs').Wheel) => Promise<string | null>}} [options]
 */
export async function provision(plan, cache, report, { locate } = {}) {
  const folder = engineFolder(plan, cache)
  const beside = `${folder}.partial`
  const unpackedList = path.join(beside, 'unpacked.txt')
  const unpacked = existsSync(unpackedList) ? readFileSync(unpackedList, 'utf8').split('\n') : []
  mkdirSync(beside, { recursive: true })
  for (const wheel of plan.wheels) {
    if (unpacked.includes(wheel.file)) continue
    report.start('libtensorflow', `fetching ${wheel.file} (${megabytes(wheel.size)})`)
    const file = await fetchWheel(wheel, path.join(cache, 'downloads'), {
      locate,
      onProgress: (done, total) => report.progress(`${wheel.name} ${wheel.version}`, done, total),
      onNote: report.note,
    })
    report.start('libtensorflow', `unpacking ${wheel.file}`)
    await unpack(file, beside, patternsOf(wheel))
    writeFileSync(unpackedList, `${wheel.file}\n`, { flag: 'a' })
    await rm(file)
  }
  await rm(folder, { recursive: true, force: true })
  await rename(beside, folder)
}

/** A wheel is a zip archive, and python3, which brought pip, reads those and checks their CRCs. */
const UNPACK = `
import fnmatch, os, sys, zipfile
wheel, folder, *patterns = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    files = [m for m in archive.infolist() if not m.is_dir()]
    wanted = [m for m in files if any(fnmatch.fnmatchcase(m.filename, p) for p in patterns)]
    if not wanted:
        sys.exit("nothing in it matches " + " ".join(patterns))
    for member in wanted:
        mode = member.external_attr >> 16 & 0o777
        os.chmod(archive.extract(member, folder), mode or 0o644)
`

async function unpack(wheel, folder, patterns) {
  const { code, stderr } = await run('python3', ['-c', UNPACK, wheel, folder, ...patterns])
  if (code === 0) return
  const reason = lastLines(stderr, 1)
  if (reason.includes('No space left')) throw new SetupError(`the disk is full: ${folder}; free space and run again`)
  throw new SetupError(`${path.basename(wheel)} cannot be unpacked: ${reason}`, { exitCode: 1 })
}

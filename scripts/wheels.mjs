import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { download, TransferError } from './download.mjs'
import { lastLines, run } from './run.mjs'
import { SetupError } from './setupError.mjs'

/**
 * @typedef {object} Wheel one line of `wheels.json`
 * @property {string} name @property {string} version @property {string} file @property {string} sha256
 * @property {number} size bytes to download @property {number} unpacked bytes kept on disk
 * @property {string} keep which of `wheels.json`'s lists of patterns says what is unpacked
 */

/** @typedef {{device: 'cpu' | 'gpu', tensorflow: string, wheels: Wheel[], folder: string, download: number, unpacked: number}} WheelPlan */

const manifest = JSON.parse(readFileSync(new URL('./wheels.json', import.meta.url), 'utf8'))

/** The patterns of the files that are unpacked from a wheel. @param {Wheel} wheel @returns {string[]} */
export const patternsOf = (wheel) => manifest.keep[wheel.keep]

/** What has to be fetched for a device, and the folder's name, which changes with every pin. @returns {WheelPlan} */
export function planWheels(device) {
  const wheels = manifest[device]
  const content = JSON.stringify([wheels.map(({ sha256 }) => sha256), manifest.keep])
  const pins = createHash('sha256').update(content).digest('hex').slice(0, 8)
  const sum = (key) => wheels.reduce((total, wheel) => total + wheel[key], 0)
  return {
    device,
    tensorflow: manifest.tensorflow,
    wheels,
    folder: `libtensorflow-${manifest.tensorflow}-${device}-${pins}`,
    download: sum('size'),
    unpacked: sum('unpacked'),
  }
}

/**
 * Brings a wheel into `folder`, checked. The address comes from pip, so that an index, mirror, proxy or local folder
 * of the user's pip configuration is honoured; where Node cannot reach that address, pip fetches the file itself.
 * @param {Wheel} wheel @param {string} folder
 * @param {{locate?: typeof locateWheel, onProgress?: (done: number, total: number) => void, onNote?: (text: string) => void}} [options]
 * @returns {Promise<string>} the file
 */
export async function fetchWheel(wheel, folder, { locate = locateWheel, onProgress, onNote } = {}) {
  const job = { target: path.join(folder, wheel.file), sha256: wheel.sha256, size: wheel.size, onProgress, onNote }
  const url = await locate(wheel)
  try {
    if (url === null) throw new TransferError('pip names no address for it')
    await download({ url, ...job })
  } catch (error) {
    if (!(error instanceof TransferError)) throw error
    const fallback = path.join(folder, 'pip')
    onNote?.(`${wheel.file}: ${error.message}; trying pip itself`)
    await pipDownload(wheel, fallback, error)
    await download({ url: pathToFileURL(path.join(fallback, wheel.file)).href, ...job })
    await rm(fallback, { recursive: true })
  }
  return job.target
}

/** The address of a wheel as pip sees it, without downloading anything; null when pip does not say. */
export async function locateWheel(wheel) {
  const { stdout, stderr } = await run('python3', ['-m', 'pip', 'index', 'versions', '-vv', wheel.name])
  // The links of other Python versions are listed as skipped, but listed.
  for (const [link] of `${stdout}${stderr}`.matchAll(/\b(?:https?|file):\S+/g)) {
    const address = link.split('#')[0]
    if (decodeURIComponent(address.split('/').at(-1)) === wheel.file) return address
  }
  return null
}

async function pipDownload(wheel, folder, because) {
  const platforms = wheel.file
    .replace(/\.whl$/, '')
    .split('-')
    .at(-1)
    .split('.')
  const options = ['--no-deps', '--no-cache-dir', '--only-binary=:all:', '--python-version', '3.11', '--dest', folder]
  const tags = platforms.flatMap((platform) => ['--platform', platform])
  const args = ['-m', 'pip', 'download', ...options, ...tags, `${wheel.name}==${wheel.version}`]
  const { code, stderr } = await run('python3', args, { show: process.stdout.isTTY })
  if (code === 0) return
  throw new SetupError(
    `no network: neither Node nor pip can fetch ${wheel.file}. Check the connection (or the proxy and pip's own ` +
      `configuration), then run again; what is finished stays. (${because.message}; pip: ${lastLines(stderr, 1)})`,
    { cause: because },
  )
}

import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { SetupError } from './setupError.mjs'

const PAUSE_MS = 1_000
/** A connection that brings nothing for this long is given up and taken up again. */
const IDLE_MS = 60_000

/**
 * @typedef {object} Download
 * @property {string} url http(s): or file:
 * @property {string} target where the whole, checked file is put
 * @property {string} sha256 @property {number} size bytes
 * @property {(done: number, total: number) => void} [onProgress] @property {(text: string) => void} [onNote]
 * @property {number} [pauseMs] before a broken connection is taken up again
 */

/** The transfer itself failed: another way to the same file may work. */
export class TransferError extends SetupError {}

/**
 * Brings `target` into being, continuing `target.partial` where an earlier run left one, and checks size and SHA-256
 * before it gets its name. The caller holds a lock on the folder.
 * @param {Download} job
 */
export async function download(job) {
  const partial = `${job.target}.partial`
  if ((await sizeOf(job.target)) === job.size && (await hashOf(job.target)) === job.sha256) return
  await mkdir(path.dirname(job.target), { recursive: true })
  const kept = await sizeOf(partial)
  await transferAll(job, partial)
  let actual = await hashOf(partial)
  if (actual !== job.sha256 && kept > 0) {
    job.onNote?.(`${path.basename(partial)} from an earlier run was corrupt (SHA-256 ${actual}); starting afresh`)
    await rm(partial)
    await transferAll(job, partial)
    actual = await hashOf(partial)
  }
  if (actual !== job.sha256) {
    await rm(partial)
    const name = path.basename(job.target)
    throw new SetupError(`${name} is corrupt: expected SHA-256 ${job.sha256}, found ${actual}; it was removed`)
  }
  await rename(partial, job.target)
}

/** Takes a broken connection up again for as long as each one brings something. */
async function transferAll(job, partial) {
  for (;;) {
    const before = await sizeOf(partial)
    try {
      return await transfer(job, partial)
    } catch (error) {
      if (!(error instanceof TransferError) || (await sizeOf(partial)) <= before) throw error
      await sleep(job.pauseMs ?? PAUSE_MS)
    }
  }
}

/** One connection: appends what `partial` still lacks. */
async function transfer({ url, size, onProgress }, partial) {
  let from = await sizeOf(partial)
  if (from > size) {
    await rm(partial)
    from = 0
  }
  if (from === size) return
  const idle = new AbortController()
  let timer = setTimeout(() => idle.abort(), IDLE_MS)
  const alive = () => {
    clearTimeout(timer)
    timer = setTimeout(() => idle.abort(), IDLE_MS)
  }
  try {
    if (url.startsWith('file:')) return await copyFile(fileURLToPath(url), partial)
    const response = await request(url, from, idle.signal)
    // A server that knows no ranges sends everything again.
    let done = response.status === 206 ? from : 0
    const count = new Transform({
      transform(chunk, _encoding, next) {
        done += chunk.length
        alive()
        onProgress?.(done, size)
        next(null, chunk)
      },
    })
    await pipeline(Readable.fromWeb(response.body), count, createWriteStream(partial, { flags: done > 0 ? 'a' : 'w' }))
    if (done < size) throw new TransferError(`the connection ended after ${done} of ${size} bytes`)
  } catch (error) {
    if (error instanceof SetupError) throw error
    if (error.code === 'ENOSPC') throw new SetupError(`the disk is full: ${path.dirname(partial)}`, { cause: error })
    throw new TransferError(reasonOf(error), { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

async function request(url, from, signal) {
  const headers = { 'accept-encoding': 'identity', ...(from > 0 && { range: `bytes=${from}-` }) }
  const response = await fetch(url, { headers, signal })
  const start = response.headers.get('content-range')?.match(/^bytes (\d+)-/)?.[1]
  if (response.status === 200 || (response.status === 206 && Number(start) === from)) return response
  throw new TransferError(`the server answered ${response.status} ${response.statusText}`)
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error) {
  const cause = error.cause ?? error
  return cause.code ? `${cause.code}: ${cause.message}` : String(cause.message)
}

async function sizeOf(file) {
  try {
    return (await stat(file)).size
  } catch {
    return 0
  }
}

async function hashOf(file) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

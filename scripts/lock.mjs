import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const HEARTBEAT_MS = 5_000
/** A lock without a sign of life for this long is abandoned, whatever machine or container its owner ran on. */
const ABANDONED_MS = 60_000
const POLL_MS = 300

/**
 * Runs `work` while holding an exclusive lock file that names its owner; waits while another living process holds it.
 * @template T
 * @param {string} file @param {() => Promise<T>} work @param {(owner: string) => void} [onWait] called once
 * @returns {Promise<T>}
 */
export async function withLock(file, work, onWait = () => {}) {
  mkdirSync(path.dirname(file), { recursive: true })
  let waiting = false
  while (!take(file)) {
    if (removeIfAbandoned(file)) continue
    if (!waiting) onWait(ownerOf(file) ?? 'another process')
    waiting = true
    await sleep(POLL_MS)
  }
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS)
  heartbeat.unref()
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    rmSync(file, { force: true })
  }
}

function take(file) {
  try {
    writeFileSync(file, `${process.pid} ${os.hostname()}\n`, { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

/** `PID HOST`, or null when the lock has just gone or is still being written. */
function ownerOf(file) {
  try {
    return readFileSync(file, 'utf8').trim() || null
  } catch {
    return null
  }
}

/** Only one process at a time may clear an abandoned lock, or it could clear the lock that the next one just took. */
function removeIfAbandoned(file) {
  if (!isAbandoned(file)) return false
  const guard = `${file}.clearing`
  if (!take(guard)) {
    if (silentMs(guard) > ABANDONED_MS) rmSync(guard, { force: true })
    return false
  }
  try {
    if (isAbandoned(file)) rmSync(file, { force: true })
    return true
  } finally {
    rmSync(guard, { force: true })
  }
}

function isAbandoned(file) {
  const [pid, host] = ownerOf(file)?.split(' ') ?? []
  if (host !== os.hostname()) return silentMs(file) > ABANDONED_MS
  // A living process with that number may be another one, after a restart of the machine.
  return !isAlive(Number(pid)) || silentMs(file) > 10 * ABANDONED_MS
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code !== 'ESRCH'
  }
}

/** How long ago the owner last gave a sign of life; 0 when the lock has just gone. */
function silentMs(file) {
  try {
    return Date.now() - statSync(file).mtimeMs
  } catch {
    return 0
  }
}

function touch(file) {
  try {
    const now = new Date()
    utimesSync(file, now, now)
  } catch {
    // The folder may have been cleared by hand; the work itself notices.
  }
}

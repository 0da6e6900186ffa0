import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { LockedError } from './errors.js'

/** Locks of this process: one that bears our own id and is not among them was left by an earlier life of that id. */
const held = new Set<string>()

/** Between creating a lock and writing the holder into it lie microseconds; one empty for longer is a ruin. */
const patienceMs = 200

/**
 * Takes the lock file, which names its holder's process id; a lock whose holder is dead is taken over.
 * Returns the function that gives it back. Throws LockedError when a living process holds it.
 */
export function takeLock(path: string): () => void {
  for (let attempt = 0; !createWithHolder(path); attempt++) {
    if (attempt > 2) throw new LockedError('other processes start writing here at this moment', { file: path })
    evict(path)
  }
  held.add(path)
  return () => {
    held.delete(path)
    rmSync(path, { force: true })
  }
}

/** False when the file is there already, or was taken from us before our name stood in it. */
function createWithHolder(path: string): boolean {
  let fd: number
  try {
    fd = openSync(path, 'wx')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  try {
    writeSync(fd, `${process.pid}\n`)
  } finally {
    closeSync(fd)
  }
  return holderOf(path) === process.pid
}

/**
 * Removes a dead holder's lock. One process at a time, and looking once more inside: of two that find the same dead
 * lock, the slower must not remove the one that the faster has just taken.
 */
function evict(path: string): void {
  refuseLiving(path, path)
  const guard = `${path}.evict`
  if (!createWithHolder(guard)) {
    refuseLiving(guard, path)
    rmSync(guard, { force: true })
    return
  }
  try {
    refuseLiving(path, path)
    rmSync(path, { force: true })
  } finally {
    rmSync(guard, { force: true })
  }
}

function refuseLiving(file: string, path: string): void {
  const holder = holderOf(file)
  if (holder === null || (holder === process.pid ? !held.has(path) : !isAlive(holder))) return
  throw new LockedError(`process ${holder} is writing here; wait for it, or stop it`, { file: path })
}

/** The id in the file; null when there is no file, or nothing sensible in it for as long as our patience lasts. */
function holderOf(file: string): number | null {
  for (const endMs = Date.now() + patienceMs; ; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)) {
    const pid = readHolder(file)
    if (pid === null || pid > 0) return pid
    if (Date.now() >= endMs) return null
  }
}

/** 0: the file says nothing; null: there is none. */
function readHolder(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8').trim())
    return Number.isInteger(pid) && pid > 0 ? pid : 0
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { LockedError, messageOf, UsageError } from './errors.js'
import { type Holder, holderIn, isElsewhere, isThisProcess, mayLive, textOf, thisProcess } from './lockHolder.js'

/** Locks of this process: one that bears our own id and is not among them was left by an earlier life of that id. */
const held = new Set<string>()

/** Between creating a lock and writing the holder into it lie microseconds; one empty for longer is a ruin. */
const patienceMs = 200

/**
 * Takes the lock file, which names its holder: a process of a machine. A lock whose holder is dead is taken over.
 * Returns the function that gives it back. Throws LockedError when a living process holds it, or one of another machine, of which
 * nobody here can tell; UsageError when what has the lock's name is no file.
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
    writeSync(fd, textOf(thisProcess()))
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(fd)
  }
  const holder = holderOf(path)
  return holder !== null && isThisProcess(holder)
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
  if (holder === null || (isThisProcess(holder) ? !held.has(path) : !mayLive(holder))) return
  const who = isElsewhere(holder)
    ? `process ${holder.pid} of the machine '${holder.host}' is writing here; wait for it, or stop it; if it is gone, delete this file`
    : `process ${holder.pid} is writing here; wait for it, or stop it`
  throw new LockedError(who, { file: path })
}

/** Whom the file names; null when there is no file, or nothing sensible in it for as long as our patience lasts. */
function holderOf(file: string): Holder | null {
  for (const endMs = Date.now() + patienceMs; ; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)) {
    const holder = readHolder(file)
    if (holder !== 'nobody') return holder
    if (Date.now() >= endMs) return null
  }
}

/** Null: there is no file. */
function readHolder(file: string): Holder | 'nobody' | null {
  try {
    return holderIn(readFileSync(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new UsageError('the lock cannot be read; what is it?', { file, actual: messageOf(error), cause: error })
  }
}

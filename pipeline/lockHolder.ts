import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Who holds a lock, as its file says: three lines. The last two are null in files that do not have them. */
export interface Holder {
  pid: number
  /** The machine's name: process ids of another one mean nothing here. */
  host: string | null
  /** When the process started, as the system counts: its id may be another's by now. Null where the system does not say. */
  birth: string | null
}

export function thisProcess(): Holder {
  return { pid: process.pid, host: hostname(), birth: birthOf(process.pid) }
}

export function textOf({ pid, host, birth }: Holder): string {
  return `${pid}\n${host ?? ''}\n${birth ?? ''}\n`
}

/** `nobody` when the text names no process. */
export function holderIn(text: string): Holder | 'nobody' {
  const [id, host, birth] = text.split('\n')
  const pid = Number(id.trim())
  if (!(Number.isInteger(pid) && pid > 0)) return 'nobody'
  return { pid, host: host || null, birth: birth || null }
}

export function isElsewhere({ host }: Holder): boolean {
  return host !== null && host !== hostname()
}

/** Whether it is this process, and not an earlier one of its id. */
export function isThisProcess(holder: Holder): boolean {
  if (holder.pid !== process.pid || isElsewhere(holder)) return false
  return holder.birth === null || holder.birth === birthOf(process.pid)
}

/** Whether the process lives, as far as can be told from here: of one on another machine nothing can. */
export function mayLive(holder: Holder): boolean {
  if (isElsewhere(holder)) return true
  if (!isInUse(holder.pid)) return false
  const birth = birthOf(holder.pid)
  return birth !== 'ended' && (birth === null || holder.birth === null || birth === holder.birth)
}

function isInUse(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * The start of the machine and, since then, of the process (fields 3 and 22 of https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html);
 * `ended` for one that only waits for its parent to notice. Null where there is no such file: on other systems, and for no process.
 */
function birthOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name before may hold anything, brackets and spaces included.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return 'ended'
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`
  } catch {
    return null
  }
}

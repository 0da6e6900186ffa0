import { readFileSync } from 'node:fs'

/**
 * The largest resident memory that this process has had, MiB. Not what getrusage says: on Linux that starts at what the
 * parent held when it started this process, so that a child of a large process looks large. Elsewhere it is all there is.
 */
export function peakMemoryMib(): number {
  return ownPeakKib() / 1024
}

function ownPeakKib(): number {
  try {
    const line = readFileSync('/proc/self/status', 'utf8').match(/^VmHWM:\s*(\d+) kB$/m)
    if (line) return Number(line[1])
  } catch {
    // Only Linux has it.
  }
  return process.resourceUsage().maxRSS
}

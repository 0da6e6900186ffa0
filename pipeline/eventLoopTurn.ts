import { setImmediate as nextTurn } from 'node:timers/promises'

/** Work that does not wait for the system leaves room for Ctrl-C and timers this often. */
const turnEveryMs = 10
let lastTurnMs = 0

/** Whether this thread has worked without a break for so long that it is time for `eventLoopTurn`. */
export function isTurnDue(): boolean {
  const nowMs = performance.now()
  if (nowMs - lastTurnMs <= turnEveryMs) return false
  lastTurnMs = nowMs
  return true
}

/** Lets what waits on this thread's event loop run. */
export async function eventLoopTurn(): Promise<void> {
  await nextTurn()
}

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collect: (() => void) | null = null
/** By which V8 lets that room grow each time, unless told otherwise. */
const growthOfV8 = 2

/**
 * Keeps V8 from giving more room to young objects until the returned function is called or a thread starts, which sets it back.
 * They are few and small here: twice the room takes 16 MiB, sooner or later as chance has it, and saves no time.
 */
export function holdYoungSpace(): () => void {
  setFlagsFromString('--semi-space-growth-factor=1')
  return () => setFlagsFromString(`--semi-space-growth-factor=${growthOfV8}`)
}

/**
 * Collects once a thread, before its first frame, what loading the modules and opening the log left, and tells V8 how little
 * lives: by that it collects from there on, beside the work. Never between frames: a collection that this thread does at one
 * go also drops compiled code whose objects are not there at that moment, to be compiled anew for a sixth of a frame's time.
 */
export function collectOnce(): void {
  if (!collect) collectGarbage()
}

/** Collects all garbage of this thread, 10 to 20 ms. */
export function collectGarbage(): void {
  if (!collect) {
    // Each such collection would drop more compiled code: all that has not run for a while.
    setFlagsFromString('--no-flush-bytecode')
    // New contexts have `gc` once the flag is set; the one that is there does not get it any more.
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  collect()
}

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collect: (() => void) | null = null
/** A hundredth of the time of the smallest frames. */
const framesBetween = 200
let frames = 0
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

/** Called for each frame: collects in every two hundredth, however long the logs are that they belong to. */
export function collectNowAndThen(): void {
  if (++frames % framesBetween === 0) collectGarbage()
}

/**
 * Collects all garbage of this thread, 20 ms. V8 leaves what outlived its youth alone until the heap has grown by hundreds of
 * megabytes, with all that codecs hold for it outside of the heap: a long log would take twice the memory of a short one,
 * for nothing.
 */
export function collectGarbage(): void {
  if (!collect) {
    // Each such collection would drop compiled code, too, to be compiled anew: a twentieth of the time of real sweeps.
    setFlagsFromString('--no-flush-bytecode')
    // New contexts have `gc` once the flag is set; the one that is there does not get it any more.
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  collect()
}

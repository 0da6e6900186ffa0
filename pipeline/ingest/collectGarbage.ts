import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collect: (() => void) | null = null

/**
 * Collects all garbage of this thread, 20 ms. V8 leaves what outlived its youth alone until the heap has grown by hundreds of
 * megabytes, with all that codecs hold for it outside of the heap: a long log would take twice the memory of a short one,
 * for nothing.
 */
export function collectGarbage(): void {
  if (!collect) {
    // New contexts have `gc` once the flag is set; the one that is there does not get it any more.
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  collect()
}

/**
 * The engine in a browser: a bundler puts this file in the place of `tensorflow.ts` (`docs/backends.md`), and the models
 * run on whichever of tfjs' backends is selected, by tfjs-core's operations alone.
 */
import * as tfjs from '@tensorflow/tfjs'
import type * as TfCore from '@tensorflow/tfjs-core'
import type { NativeBackend } from './tensorflow.js'

export const tf: typeof TfCore = tfjs

/** There are none: they are native code. */
export function hasOwnKernels(): boolean {
  return false
}

/** There is none. */
export function nativeBackend(): NativeBackend | null {
  return null
}

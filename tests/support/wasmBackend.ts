import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import type * as WasmBackend from '@tensorflow/tfjs-backend-wasm'
import { tf } from '../../models/engine/tensorflow.js'

const require = createRequire(import.meta.url)

/** The folder of the backend's `.wasm` files. */
export const wasmFolder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))

/** Makes tfjs compute in WebAssembly from now on. */
export async function useWasm(): Promise<void> {
  if (tf.findBackendFactory('wasm') === null) {
    // By require, as the engine is loaded: both then stand on the same tfjs-core.
    const { setWasmPaths } = require('@tensorflow/tfjs-backend-wasm') as typeof WasmBackend
    setWasmPaths(wasmFolder + sep)
    // Its threads are a browser's workers.
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  }
  if (!(await tf.setBackend('wasm'))) throw new Error('the backend in WebAssembly does not start')
}

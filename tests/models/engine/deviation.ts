import type { Tensor } from '@tensorflow/tfjs-core'
import { type NativeBackend, tf } from '../../../models/engine/tensorflow.js'

/** Largest absolute difference over the largest absolute value of the reference. */
export function deviation(actual: Tensor, reference: Tensor): number {
  return tf.tidy(() => {
    const largest = tf.max(tf.abs(tf.sub(actual, reference)))
    return tf.div(largest, tf.max(tf.abs(reference))).dataSync()[0]
  })
}

/** Tensors that the native library holds. */
export function nativeTensors(): number {
  return (tf.backend() as unknown as { binding: { getNumOfTensors(): number } }).binding.getNumOfTensors()
}

/** The names of the native ops that `run` executes, in order. */
export function nativeOps(run: () => void): string[] {
  const backend = tf.backend() as unknown as NativeBackend
  const { binding } = backend
  const names: string[] = []
  const executeOp: typeof binding.executeOp = (name, ...rest) => {
    names.push(name)
    return binding.executeOp(name, ...rest)
  }
  backend.binding = Object.create(binding, { executeOp: { value: executeOp } })
  try {
    run()
  } finally {
    backend.binding = binding
  }
  return names
}
